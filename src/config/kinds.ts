/** The kinds of settings: JSON Schema, expected form in words, and conversion from text. */

import { oneOf } from '../system/did-you-mean.js';
import type { NumberSetting, Setting, TextSetting } from './settings.js';
import { SETTINGS } from './settings.js';

/** The JSON Schema of a config file, in the form of singer-sdk's `--about`. */
export function settingsSchema(): Record<string, unknown> {
  const settings: readonly Setting[] = SETTINGS;
  return {
    type: 'object',
    properties: Object.fromEntries(
      settings.map((setting) => [setting.name, settingSchema(setting)]),
    ),
    required: settings.filter(({ required }) => required).map(({ name }) => name),
  };
}

function settingSchema(setting: Setting): Record<string, unknown> {
  const { type, ...limits } = kindSchema(setting);
  const { required, description } = setting;
  return {
    type: required ? type : [type, 'null'],
    ...limits,
    ...(setting.default !== undefined && { default: setting.default }),
    description,
  };
}

function kindSchema(setting: Setting): Record<string, unknown> {
  const text = { type: 'string', minLength: 1 };
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return { type: setting.kind, minimum: setting.minimum, maximum: setting.maximum };
    case 'boolean':
      return { type: 'boolean' };
    case 'options':
      return { type: 'string', enum: [...setting.options, null] };
    case 'array':
      return { type: 'array', minItems: 1, items: text };
    case 'object':
      return { type: 'object', propertyNames: { enum: setting.keys }, additionalProperties: text };
    case 'words':
      return { type: 'object', additionalProperties: wordsSchema(setting.options) };
    case 'password':
      return { ...text, ...pattern(setting), secret: true, writeOnly: true };
    case 'string':
    case 'url':
      break;
  }
  return { ...text, ...pattern(setting) };
}

/** A word or null, or an object of them. */
function wordsSchema(options: readonly string[]): Record<string, unknown> {
  const word = { enum: [...options, null] };
  return { anyOf: [word, { type: 'object', additionalProperties: word }] };
}

function pattern({ form }: TextSetting): { pattern?: string } {
  return form ? { pattern: form.pattern } : {};
}

/** The form of a setting's values in words, such as `an integer from 1 to 64`. */
export function expectedForm(setting: Setting): string {
  switch (setting.kind) {
    case 'integer':
      return `an integer ${range(setting)}`;
    case 'number':
      return `a number ${range(setting)}`;
    case 'boolean':
      return 'true or false';
    case 'options':
      return oneOf(setting.options);
    case 'array':
      return 'a list of at least one name';
    case 'object':
      return `an object that maps ${oneOf(setting.keys)} to text`;
    case 'words':
      return `an object that maps names to ${oneOf(setting.options.map((one) => `"${one}"`))}`;
    case 'url':
      return 'an https URL';
    case 'string':
    case 'password':
      break;
  }
  return setting.form?.words ?? 'text';
}

function range({ minimum, maximum }: NumberSetting): string {
  return `from ${minimum.toLocaleString('en')} to ${maximum.toLocaleString('en')}`;
}

/**
 * Converts text to the kind of its setting. Environment variables are always text, and some
 * platforms also write numbers and lists as text into config files.
 *
 * @returns the value itself if it is not text, or if the text does not have that form
 */
export function parseSetting(setting: Setting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : value;
    case 'boolean':
      return parseBoolean(text) ?? value;
    case 'options':
      return text.toLowerCase();
    case 'array':
      return text.startsWith('[') ? parseJsonOrText(text) : splitAtCommas(text);
    case 'object':
    case 'words':
      return parseJsonOrText(text);
    case 'string':
    case 'password':
    case 'url':
      break;
  }
  return value;
}

/** Reads the words that platforms write for booleans. */
function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}

function splitAtCommas(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseJsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
