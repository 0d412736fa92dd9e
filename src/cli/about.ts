/** `--about`: name, version, capabilities, settings and streams, for people and tools. */

import type { AboutFormat } from './about-formats.js';
import { discover } from '../catalog/discover.js';
import { expectedForm, settingsSchema } from '../config/kinds.js';
import { packageInfo } from '../system/package-files.js';
import { environmentName, SETTINGS } from '../config/settings.js';
import type { Setting } from '../config/settings.js';
import { ALL_STREAMS } from '../streams.js';
import type { StreamDef } from '../streams.js';

/** Capabilities, in Meltano's terms. */
const CAPABILITIES = ['about', 'catalog', 'discover', 'state', 'structured-logging', 'test'];

const ALL: readonly Setting[] = SETTINGS;

const DEF_BY_NAME: ReadonlyMap<string, StreamDef> = new Map(
  ALL_STREAMS.map((stream) => [stream.name, stream]),
);

/** How a stream is replicated. */
const REPLICATION: Readonly<Record<StreamDef['paging'], string>> = {
  list: 'incremental, by refresh token',
  array: 'in full',
  events: 'incremental, by event token',
  derived: 'incremental, from the events of a feed',
};

const FORMATS: Readonly<Record<AboutFormat, () => string>> = {
  text: aboutText,
  json: () => JSON.stringify(aboutJson(), null, 2),
  markdown: aboutMarkdown,
};

/** What `--about` prints, without a trailing line break. `json` has the form of singer-sdk's. */
export function about(format: AboutFormat): string {
  return FORMATS[format]();
}

function aboutJson(): Record<string, unknown> {
  const streams = discover().streams.map((entry) => ({
    name: entry.tap_stream_id,
    description: entry.schema['description'],
    key_properties: entry.key_properties,
    replication_method: entry.replication_method,
  }));
  return { ...packageInfo(), capabilities: CAPABILITIES, settings: settingsSchema(), streams };
}

function aboutMarkdown(): string {
  const { name, version, description } = packageInfo();
  return [
    `# ${name} ${version}`,
    description,
    `Capabilities: ${CAPABILITIES.join(', ')}`,
    '## Settings',
    `By name in a config file, or in the environment as \`${environmentName('name')}\`.`,
    settingsTable(),
    '## Streams',
    streamsTable(),
  ].join('\n\n');
}

function aboutText(): string {
  const { name, version, description } = packageInfo();
  const settings = ALL.flatMap((setting) => [
    `  ${setting.name} (${environmentName(setting.name)})`,
    `    ${setting.description}.`,
    `    Value: ${expectation(setting)}; default: ${defaultOf(setting)}.`,
  ]);
  const streams = discover().streams.map(
    ({ tap_stream_id: id, key_properties: keys }) =>
      `  ${id}: key ${keys.join(', ')}; ${replication(id)}`,
  );
  return [
    `${name} ${version}`,
    description,
    '',
    `Capabilities: ${CAPABILITIES.join(', ')}`,
    '',
    'Settings, by name in a config file and in the environment:',
    ...settings,
    '',
    'Streams:',
    ...streams,
  ].join('\n');
}

/** The table of settings in docs/settings.md. */
export function settingsTable(): string {
  const rows = ALL.map((setting) => [
    `\`${setting.name}\``,
    `${setting.description}${setting.example === undefined ? '' : `, for example \`${setting.example}\``}`,
    expectation(setting),
    setting.default === undefined ? defaultOf(setting) : `\`${defaultOf(setting)}\``,
  ]);
  return table(['setting', 'meaning', 'value', 'default'], rows);
}

/** The table of streams in docs/streams.md. */
export function streamsTable(): string {
  const rows = discover().streams.map(({ tap_stream_id: id, key_properties: keys, schema }) => [
    `\`${id}\``,
    DEF_BY_NAME.has(id) ? `\`${DEF_BY_NAME.get(id)?.path}\`` : 'made by the tap',
    `\`${keys.join('`, `')}\``,
    replication(id),
    String(Object.keys(schema.properties).length),
  ]);
  return table(['stream', 'path below `/open/v1`', 'key', 'replication', 'columns'], rows);
}

function expectation(setting: Setting): string {
  const form = expectedForm(setting);
  return setting.kind === 'password' ? `${form}; secret` : form;
}

function defaultOf(setting: Setting): string {
  if (setting.required) return 'none, required';
  if (setting.default === undefined) return setting.defaultText ?? 'none';
  return typeof setting.default === 'object'
    ? JSON.stringify(setting.default)
    : String(setting.default);
}

function replication(id: string): string {
  const stream = DEF_BY_NAME.get(id);
  return stream ? REPLICATION[stream.paging] : 'the rejections of the run';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
