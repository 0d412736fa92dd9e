// Writes the tap's settings into the Meltano project, between its two marks; with --check, only says whether they are in step.
import { readFileSync, writeFileSync } from 'node:fs';
import { SETTINGS } from '../dist/src/settings.js';

const FILE = new URL('../deploy/meltano/meltano.yml', import.meta.url);
const MARKED = /^( *# settings: begin\n)[^]*?^( *# settings: end\n)/m;

/**
 * Meltano's kinds, by ours. Numbers with a fraction go as text, which the tap takes too: what is of kind `decimal` Meltano 4.4 cannot
 * write into a config file ("Object of type Decimal is not JSON serializable").
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

/** A word as a label: `calls_per_hour` is `Calls per hour`. */
function labelOf(name) {
  const words = name.replaceAll('_', ' ');
  return `${words[0].toUpperCase()}${words.slice(1)}`
    .replace(/^Api\b/, 'API')
    .replace(/^Base url$/, 'Base URL')
    .replace(/^Xsrf\b/, 'XSRF');
}

/** A setting as a YAML list entry. Texts are written as JSON, which YAML takes as they are. */
function entryOf(setting) {
  const lines = [
    `- name: ${setting.name}`,
    `  label: ${labelOf(setting.name)}`,
    `  kind: ${KINDS[setting.kind]}`,
    `  description: ${JSON.stringify(setting.description)}`,
  ];
  if (setting.kind === 'password') lines.push('  sensitive: true');
  if (setting.kind === 'options') {
    lines.push('  options:');
    for (const option of setting.options) lines.push(`    - {label: ${option}, value: ${option}}`);
  }
  if (setting.default !== undefined) lines.push(`  value: ${JSON.stringify(setting.default)}`);
  if (setting.example !== undefined) lines.push(`  placeholder: ${JSON.stringify(setting.example)}`);
  return lines;
}

const before = readFileSync(FILE, 'utf8');
const settings = ['settings:', ...SETTINGS.flatMap(entryOf).map((line) => `  ${line}`)];
const text = settings.map((line) => `      ${line}\n`).join('');
const after = before.replace(MARKED, (_, begin, end) => begin + text + end);
if (!process.argv.includes('--check')) writeFileSync(FILE, after);
else if (after !== before) {
  console.error('deploy/meltano/meltano.yml is behind src/settings.ts: npm run meltano');
  process.exitCode = 1;
}
