// The dbt project: the sources with their tests, and a staging view for each stream.
import { shippedSchema } from '../../dist/catalog/shipped.js';
import { ALL_STREAMS, OPTIONAL_COLUMNS, REJECTED } from '../../dist/streams.js';
import { indented, scalar } from './yaml.js';

const MODELS = 'deploy/dbt/models';
const NOTE = 'Generated from src/streams.ts and schemas/ (npm run update). Do not edit.';
/** For a column that has no description in its schema. */
const UNKNOWN = 'As the API sends it; its meaning is not documented';
/** In descriptions: a column with data about a person. */
const PERSONAL = /\bpersonal data\b/i;
/** Kinds of events that were seen. */
const EVENT_KINDS = ['create', 'update', 'destroy'];

/** Every table: its name, keys, schema, and what `src/streams.ts` says about it. */
const TABLES = [...ALL_STREAMS, { name: REJECTED, keys: ['rejected_id'], paging: 'own' }].map(
  (stream) => Object.assign({}, stream, { schema: shippedSchema(stream.name) }),
);

/** The expression that is true unless the variable names one of these streams. */
const enabledIf = (...names) =>
  `{{ ${names.map((name) => `'${name}' not in var('bolt_eci_absent_streams', [])`).join(' and ')} }}`;

const isPersonal = ({ description = '' }) => PERSONAL.test(description);

/** A limit of freshness, which a variable can set. */
const limitLines = (limit, variable, usual, period) => [
  `  ${limit}:`,
  `    count: "{{ var('${variable}', ${usual}) }}"`,
  `    period: ${period}`,
];

/** How fresh a table has to be. The README says why most tables are not checked. */
function freshnessLines({ paging }) {
  if (paging === 'array')
    return [
      'freshness:',
      ...limitLines('warn_after', 'bolt_eci_warn_after_hours', 12, 'hour'),
      ...limitLines('error_after', 'bolt_eci_error_after_hours', 24, 'hour'),
    ];
  if (paging === 'events')
    return ['freshness:', ...limitLines('warn_after', 'bolt_eci_quiet_after_days', 4, 'day')];
  return ['freshness: null'];
}

/** A test of a source's column: a test of a table that is disabled would be a warning of dbt's. */
function sourceTest(kind, tables, { args = [], isWarning = false } = {}) {
  return [
    `- ${kind}:`,
    ...(args.length > 0 ? ['    arguments:', ...indented(6, args)] : []),
    '    config:',
    `      enabled: ${JSON.stringify(enabledIf(...tables))}`,
    ...(isWarning ? ['      severity: warn'] : []),
  ];
}

/** The tests of a source's column: keys, what it refers to, kinds of events. */
function sourceTests({ name, keys, paging, relations = {} }, column) {
  const to = relations[column];
  const isKey = keys.includes(column);
  return [
    ...(isKey && keys.length === 1 ? sourceTest('unique', [name]) : []),
    ...(isKey ? sourceTest('not_null', [name]) : []),
    ...(to === undefined
      ? []
      : sourceTest('relationships', [name, to], {
          args: [
            `to: source('bolt_eci', '${to}')`,
            `field: ${TABLES.find((table) => table.name === to).keys[0]}`,
          ],
          isWarning: true,
        })),
    ...(paging === 'events' && column === 'event'
      ? sourceTest('accepted_values', [name], {
          args: [`values: [${EVENT_KINDS.join(', ')}]`],
          isWarning: true,
        })
      : []),
  ];
}

/** The tests of a view's column: the key. */
function viewTests({ keys }, column) {
  if (!keys.includes(column)) return [];
  return keys.length === 1 ? ['- unique', '- not_null'] : ['- not_null'];
}

function columnLines(table, [name, property], testsOf) {
  const tests = testsOf(table, name);
  const lines = [
    `- name: ${name}`,
    `  description: ${scalar(property.description ?? UNKNOWN)}`,
    ...(tests.length > 0 ? ['  data_tests:', ...indented(4, tests)] : []),
  ];
  if (isPersonal(property))
    lines.push('  config:', '    tags: [personal_data]', '    meta:', '      personal_data: true');
  return lines;
}

const columnsOf = (table) => Object.entries(table.schema.properties);

function sourceLines(table) {
  return [
    `- name: ${table.name}`,
    `  description: ${scalar(table.schema.description)}`,
    '  config:',
    `    enabled: ${JSON.stringify(enabledIf(table.name))}`,
    ...indented(4, freshnessLines(table)),
    '  columns:',
    ...columnsOf(table).flatMap((column) => indented(4, columnLines(table, column, sourceTests))),
  ];
}

/** The columns of a staging view: none of Singer's, none that only some tables have. */
const stagedColumns = (table) =>
  columnsOf(table).filter(
    ([name]) =>
      name !== 'deleted_at' && !OPTIONAL_COLUMNS.includes(name) && !name.startsWith('_sdc_'),
  );

const viewOf = ({ name }) => `stg_bolt_eci__${name}`;

function modelLines(table) {
  const existing = 'deleted_at' in table.schema.properties ? ' Only rows that exist in Bolt.' : '';
  return [
    `- name: ${viewOf(table)}`,
    `  description: ${scalar(`${table.schema.description}${existing}`)}`,
    '  columns:',
    ...stagedColumns(table).flatMap((column) => indented(4, columnLines(table, column, viewTests))),
  ];
}

const SQL_TYPES = {
  'date-time': 'timestamptz',
  date: 'date',
  integer: 'bigint',
  number: 'double precision',
  boolean: 'boolean',
  string: 'text',
};

function sqlTypeOf({ type, format }) {
  const kind = [type].flat().find((one) => one !== 'null');
  return SQL_TYPES[format ?? kind];
}

function viewText(table) {
  const source = `source('bolt_eci', '${table.name}')`;
  const cells = stagedColumns(table).map(
    ([name, property]) =>
      `    {{ bolt_eci_column(columns, '${name}', '${sqlTypeOf(property)}') }} as ${name}`,
  );
  return `-- ${NOTE}
{{ config(enabled='${table.name}' not in var('bolt_eci_absent_streams', [])) }}
{%- set columns = bolt_eci_columns(${source}) %}

select
${cells.join(',\n')}
from {{ ${source} }}
{{ bolt_eci_where_it_exists(columns) }}
`;
}

const SOURCES = `# ${NOTE}
version: 2

sources:
  - name: bolt_eci
    description: >-
      Bolt ECI, as bolt-eci-tap and a Singer target copied it. Deleted rows stay, with deleted_at.
    database: "{{ var('bolt_eci_database', target.database) }}"
    schema: "{{ var('bolt_eci_schema', 'main' if target.type == 'duckdb' else 'bolt') }}"
    config:
      loaded_at_field: "{{ var('bolt_eci_loaded_at', '_sdc_extracted_at') }}"
    tables:
${TABLES.flatMap((table) => indented(6, sourceLines(table))).join('\n')}
`;

const STAGING = `# ${NOTE}
version: 2

models:
${TABLES.flatMap((table) => indented(2, modelLines(table))).join('\n')}
`;

export const dbt = {
  [`${MODELS}/sources.yml`]: () => SOURCES,
  [`${MODELS}/staging/staging.yml`]: () => STAGING,
  ...Object.fromEntries(
    TABLES.map((table) => [`${MODELS}/staging/${viewOf(table)}.sql`, () => viewText(table)]),
  ),
};
