/** What the kinds of settings mean: their JSON Schema, their form in words, and how text becomes one of them. */

import { oneOf } from '../system/did-you-mean.js';
import type { NumberSetting, Setting, TextSetting } from './settings.js';
import { SETTINGS } from './settings.js';

/** The JSON Schema of a config file, in the form that singer-sdk's `--about` has. */
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
    case 'options':
      return { type: 'string', enum: [...setting.options, null] };
    case 'array':
      return { type: 'array', minItems: 1, items: text };
    case 'object':
      return { type: 'object', propertyNames: { enum: setting.keys }, additionalProperties: text };
    case 'password':
      return { ...text, ...pattern(setting), secret: true, writeOnly: true };
    case 'string':
    case 'url':
      break;
  }
  return { ...text, ...pattern(setting) };
}

function pattern({ form }: TextSetting): { pattern?: string } {
  return form ? { pattern: form.pattern } : {};
}

/** What a setting takes, in words: `an integer from 1 to 64`. */
export function takes(setting: Setting): string {
  switch (setting.kind) {
    case 'integer':
      return `an integer ${range(setting)}`;
    case 'number':
      return `a number ${range(setting)}`;
    case 'options':
      return oneOf(setting.options);
    case 'array':
      return 'a list of one name at least';
    case 'object':
      return `an object with texts under ${oneOf(setting.keys)}`;
    case 'url':
      return 'an https address';
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
 * A value in its setting's kind, where it is text that plainly stands for one: environment variables hold text alone, and some
 * platforms write it into config files too. Whatever is not plain stays as it is.
 */
export function convert(setting: Setting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  switch (setting.kind) {
    case 'integer':
    case 'number':
      return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : value;
    case 'options':
      return text.toLowerCase();
    case 'array':
      return text.startsWith('[') ? parsed(text) : commaList(text);
    case 'object':
      return parsed(text);
    case 'string':
    case 'password':
    case 'url':
      break;
  }
  return value;
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
