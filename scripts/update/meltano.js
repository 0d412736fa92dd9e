// The tap's settings and streams in the Meltano project.
import { SETTINGS } from '../../dist/config/settings.js';
import { REJECTED } from '../../dist/streams.js';
import { between } from './marks.js';
import { EVENTS, TABLES } from './split.js';
import { scalar } from './yaml.js';

/**
 * Meltano's kinds, by ours. Numbers with a fraction are texts, which the tap accepts too: Meltano
 * 4.4 cannot write settings of kind `decimal` into a config file ("Object of type Decimal is not
 * JSON serializable").
 */
const KINDS = {
  array: 'array',
  integer: 'integer',
  number: 'string',
  boolean: 'boolean',
  object: 'object',
  options: 'options',
  words: 'object',
  password: 'string',
  string: 'string',
  url: 'string',
};

/** Words that a label has in capitals. */
const CAPITALS = /\b(api|url|xsrf|mb)\b/g;

/** A name as a label: `calls_per_hour` is `Calls per hour`. */
function labelOf(name) {
  const words = name
    .replace(/_s$/, ' (seconds)')
    .replaceAll('_', ' ')
    .replaceAll(CAPITALS, (word) => word.toUpperCase());
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** A setting as lines of a YAML list. */
function settingLines(setting) {
  const lines = [
    `- name: ${setting.name}`,
    `  label: ${labelOf(setting.name)}`,
    `  kind: ${KINDS[setting.kind]}`,
    `  description: ${scalar(setting.description)}`,
  ];
  if (setting.kind === 'password') lines.push('  sensitive: true');
  if (setting.kind === 'options') {
    lines.push(
      '  options:',
      ...setting.options.map((option) => `    - { label: ${option}, value: ${option} }`),
    );
  }
  if (setting.default !== undefined) lines.push(`  value: ${scalar(setting.default)}`);
  if (setting.example !== undefined) lines.push(`  placeholder: ${scalar(setting.example)}`);
  return lines;
}

function selectLines(names) {
  return [...names, REJECTED].map((name) => `- ${name}.*`);
}

/** What goes between the marks of each name. */
const BLOCKS = {
  settings: SETTINGS.flatMap((setting) => settingLines(setting)),
  events: selectLines(EVENTS),
  tables: selectLines(TABLES),
};

export const meltano = {
  'deploy/meltano/meltano.yml': (text) =>
    Object.entries(BLOCKS).reduce((rest, [name, lines]) => between(rest, name, lines), text),
};
