// Writes the tap's settings and streams into the Meltano project, between its marks: `node scripts/meltano.js [--check] [FILE]`.
// With --check, only says whether they are in step.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SETTINGS } from '../dist/config/settings.js';
import { REJECTED, STREAMS } from '../dist/streams.js';

const PROJECT = fileURLToPath(new URL('../deploy/meltano/meltano.yml', import.meta.url));

/**
 * Meltano's kinds, by ours. Numbers with a fraction go as text, which the tap takes too: what is of kind `decimal` Meltano 4.4
 * cannot write into a config file ("Object of type Decimal is not JSON serializable").
 */
const KINDS = {
  array: 'array',
  integer: 'integer',
  number: 'string',
  object: 'object',
  options: 'options',
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

/** A value as YAML, in the form that the formatter wants. */
function yaml(value) {
  if (typeof value !== 'string') return JSON.stringify(value);
  return value.includes("'") ? JSON.stringify(value) : `'${value}'`;
}

/** A setting as lines of a YAML list. */
function settingLines(setting) {
  const lines = [
    `- name: ${setting.name}`,
    `  label: ${labelOf(setting.name)}`,
    `  kind: ${KINDS[setting.kind]}`,
    `  description: ${yaml(setting.description)}`,
  ];
  if (setting.kind === 'password') lines.push('  sensitive: true');
  if (setting.kind === 'options') {
    lines.push(
      '  options:',
      ...setting.options.map((option) => `    - { label: ${option}, value: ${option} }`),
    );
  }
  if (setting.default !== undefined) lines.push(`  value: ${yaml(setting.default)}`);
  if (setting.example !== undefined) lines.push(`  placeholder: ${yaml(setting.example)}`);
  return lines;
}

function selectLines(wanted) {
  const names = STREAMS.filter(wanted).map(({ name }) => name);
  return [...names, REJECTED].map((name) => `- ${name}.*`);
}

/** What stands between `# NAME: begin` and `# NAME: end`. */
const BLOCKS = {
  settings: SETTINGS.flatMap((setting) => settingLines(setting)),
  events: selectLines(({ paging }) => paging === 'events'),
  tables: selectLines(({ paging }) => paging !== 'events'),
};

function filled(text, name, lines) {
  const marked = new RegExp(`^( *)(# ${name}: begin.*\n)[^]*?^ *# ${name}: end\n`, 'm');
  if (!marked.test(text))
    throw new Error(`There are no marks "# ${name}: begin" and "# ${name}: end"`);
  return text.replace(marked, (_, indent, begin) => {
    const block = lines.map((line) => `${indent}${line}\n`).join('');
    return `${indent}${begin}${block}${indent}# ${name}: end\n`;
  });
}

const file = process.argv.slice(2).find((word) => word !== '--check') ?? PROJECT;
const before = readFileSync(file, 'utf8');
let after = before;
for (const [name, lines] of Object.entries(BLOCKS)) after = filled(after, name, lines);
if (!process.argv.includes('--check')) writeFileSync(file, after);
else if (after !== before) {
  console.error(`${file} is behind src/config/settings.ts or src/streams.ts: npm run meltano`);
  process.exitCode = 1;
}
