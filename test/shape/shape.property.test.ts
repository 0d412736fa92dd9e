import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { jsonText } from '#src/shape/json-text.js';
import { compileShape, selectedSchema, type Rejection } from '#src/shape/shape.js';
import { RESCUED, STREAMS } from '#src/streams.js';
import { casesOf, EDITED, PLAIN, strangeNames, values, type Case } from '../support/shape-cases.js';

type Row = Record<string, unknown>;

const ajv = new Ajv({ strict: false, addUsedSchema: false, logger: false });
addFormats.default(ajv);

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isBlank = (value: unknown): boolean =>
  value === null || (typeof value === 'string' && value.trim() === '');
const same = (a: unknown, b: unknown): boolean => jsonText(a) === jsonText(b);

interface Outcome {
  readonly record: Row | null;
  readonly rejections: readonly Rejection[];
}

function shapeAll({ stream, schema, selected, rows }: Case): {
  outcomes: Outcome[];
  undeclared: string[];
} {
  const undeclared: string[] = [];
  const shape = compileShape({
    stream,
    schema,
    selected,
    undeclared: (field) => undeclared.push(field),
    validator: (property) => ajv.compile(property),
  });
  const outcomes = rows.map((row): Outcome => {
    const rejections: Rejection[] = [];
    return { record: shape(row, rejections), rejections };
  });
  return { outcomes, undeclared };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** A cell and its column, found by a simpler algorithm. `name` is what is reported. */
interface Cell {
  readonly column: string | undefined;
  readonly name: string;
  readonly value: unknown;
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(' ', '_').replaceAll('-', '_');
}

function cellsOf(row: unknown, { stream, schema, selected }: Case): Cell[] {
  const declared = Object.keys(schema.properties).filter((name) => name !== RESCUED);
  const known = new Set([...declared, ...(stream.eventIdParts ?? [])]);
  const columnOf = (prefix: string, name: string): string | undefined =>
    [prefix + name, prefix + normal(name)].find((column) => known.has(column));
  const cells: Cell[] = [];
  for (const [name, value] of Object.entries(isObject(row) ? row : {})) {
    const object = Object.entries(stream.flatten).find(
      ([parent]) => parent === name || (parent === normal(name) && !known.has(name)),
    );
    const [parent, prefix] = object ?? [];
    const column = columnOf('', name);
    if (prefix === undefined || column !== undefined) cells.push({ column, name, value });
    if (
      prefix === undefined ||
      !declared.some((column) => column.startsWith(prefix) && selected.has(column))
    )
      continue;
    if (!isObject(value)) cells.push({ column: parent, name, value });
    for (const [child, cell] of Object.entries(isObject(value) ? value : {})) {
      cells.push({ column: columnOf(prefix, child), name: prefix + child, value: cell });
    }
  }
  return cells;
}

function parses(text: string, value: unknown): boolean {
  try {
    return same(JSON.parse(text), value);
  } catch {
    return false;
  }
}

/** Whether a column's value has the meaning of the cell. */
function matches(value: unknown, cell: unknown): boolean {
  if (same(value, cell)) return true;
  if (typeof cell !== 'string') return value === JSON.stringify(cell);
  if (typeof value === 'number') return Number(cell) === value;
  if (typeof value === 'boolean') return cell.trim().toLowerCase() === String(value);
  if (typeof value === 'object') return value !== null && parses(cell, value);
  const iso = cell.trim().replace(' UTC', 'Z').replace(' -0600', '-06:00').replace(' ', 'T');
  return (
    value === iso.slice(0, 10) ||
    (typeof value === 'string' && Date.parse(value) === Date.parse(iso))
  );
}

function checkRecord(
  row: unknown,
  record: Row,
  rejections: readonly Rejection[],
  given: Case,
): void {
  const cells = cellsOf(row, given);
  for (const { column, value } of cells) {
    if (column === undefined || isBlank(value)) continue;
    const rejected = rejections.some(
      (one) => one.field === column && same(one.value, jsonText(value)),
    );
    const isEmitted = given.selected.has(column) && Object.hasOwn(given.schema.properties, column);
    const isObjectName = Object.hasOwn(given.stream.flatten, column);
    if (!isEmitted && !isObjectName) expect(rejected, `a rejection of ${column}`).to.equal(false);
    if (isEmitted)
      expect(
        rejected || matches(record[column], value),
        `${column}: ${jsonText(value)} is lost`,
      ).to.equal(true);
  }
  for (const [column, value] of Object.entries(record)) {
    const isMade = column === RESCUED || (column === 'event_id' && given.stream.eventIdParts);
    if (value === null || isMade) continue;
    const from = cells.some((cell) => cell.column === column && matches(value, cell.value));
    expect(from, `${column}: ${jsonText(value)} comes from nowhere`).to.equal(true);
  }
  if (given.selected.has(RESCUED)) checkRescued(cells, record[RESCUED], given);
  const key = given.stream.keys.map((name) => record[name]).join(',');
  for (const rejection of rejections) expect(rejection.recordKey).to.equal(key);
}

/** Every undeclared field is rescued, and nothing else. */
function checkRescued(cells: readonly Cell[], rescued: unknown, given: Case): void {
  const fieldsOf = (some: readonly Cell[]): string[] =>
    some
      .filter(({ column }) => column === undefined)
      .map(({ name, value }) => jsonText([name, value]))
      .toSorted();
  const kept: unknown = typeof rescued === 'string' ? JSON.parse(rescued) : {};
  expect(rescued).not.to.equal('{}');
  expect(fieldsOf(cellsOf(kept, given))).to.deep.equal(fieldsOf(cells));
}

/** The one rejection of a row has its selected fields. */
function checkRejectedRow(row: unknown, rejections: readonly Rejection[], given: Case): void {
  expect(rejections).to.have.lengthOf(1);
  expect(rejections[0]).to.include({ field: null, recordKey: null });
  const kept: unknown = JSON.parse(rejections[0]!.value);
  if (!isObject(row)) {
    expect(same(kept, row)).to.equal(true);
    return;
  }
  const isEmitted = ({ column }: Cell): boolean => given.selected.has(column ?? RESCUED);
  const expected = cellsOf(row, given)
    .filter(isEmitted)
    .map(({ name, value }) => jsonText([name, value]));
  const found = cellsOf(kept, given)
    .filter(isEmitted)
    .map(({ name, value }) => jsonText([name, value]));
  expect(found).to.deep.equal(expected);
}

function checkUndeclared(undeclared: readonly string[], given: Case): void {
  const unknown = given.rows.flatMap((row) =>
    cellsOf(row, given).filter(({ column }) => column === undefined),
  );
  expect(undeclared).to.have.members([...new Set(unknown.map(({ name }) => name))]);
}

function check(given: Case): void {
  frozen(given.rows);
  const { outcomes, undeclared } = shapeAll(given);
  const { keys } = given.stream;
  const columns = Object.keys(given.schema.properties).filter((name) => given.selected.has(name));
  const out = selectedSchema(given.schema, given.selected, keys);
  expect(Object.keys(out.properties)).to.deep.equal(columns);
  const validate = ajv.compile(out);
  for (const [at, { record, rejections }] of outcomes.entries()) {
    const row = given.rows[at];
    if (record === null) {
      checkRejectedRow(row, rejections, given);
    } else {
      expect(validate(record), JSON.stringify(validate.errors)).to.equal(true);
      expect(Object.keys(record)).to.deep.equal(columns);
      expect(same(record, JSON.parse(JSON.stringify(record)))).to.equal(true);
      checkRecord(row, record, rejections, given);
    }
  }
  checkUndeclared(undeclared, given);
  expect(shapeAll(given)).to.deep.equal({ outcomes, undeclared });
}

/** The case with `_rescued_data` selected, and a field of that name in its rows, or none. */
function rescuing(given: Case, field: unknown): Case {
  const properties = { ...given.schema.properties, [RESCUED]: { type: ['null', 'string'] } };
  const withField = (row: unknown): unknown => (isObject(row) ? { ...row, [RESCUED]: field } : row);
  return {
    stream: given.stream,
    schema: { ...given.schema, properties },
    selected: new Set([...given.selected, RESCUED]),
    rows: field === null ? given.rows : given.rows.map(withField),
  };
}

describe('compileShape, for any rows', () => {
  for (const stream of STREAMS) {
    it(`loses nothing of ${stream.name}`, () => {
      fc.assert(fc.property(casesOf([stream], fc.constant('notes'), PLAIN), check), {
        numRuns: 40,
      });
    });
  }

  const names = fc.oneof(strangeNames, fc.constantFrom('Crew Size', 'address', 'job', 'JOB_ID'));
  it('loses nothing with edited catalogs', () => {
    fc.assert(fc.property(casesOf(STREAMS, names, EDITED), check), { numRuns: 300 });
  });

  it('has every field of a row that is not deselected, with _rescued_data selected', () => {
    const cases = casesOf(STREAMS, names, EDITED);
    fc.assert(
      fc.property(cases, fc.option(values), (given, field) => check(rescuing(given, field))),
      { numRuns: 300 },
    );
  });

  it('emits valid cells unchanged', () => {
    const stream = STREAMS[0]!;
    const kinds = PLAIN.filter(({ format }) => format === undefined);
    const pairs = fc.tuple(fc.constantFrom(...kinds), values).filter(([property, cell]) => {
      const isText = typeof cell !== 'string' || (cell.trim() !== '' && cell.isWellFormed());
      return (
        isText &&
        Number.isFinite(cell ?? 0) === (typeof cell === 'number' || cell === null) &&
        ajv.validate(property, cell)
      );
    });
    fc.assert(
      fc.property(pairs, ([property, cell]) => {
        const schema = { type: 'object', properties: { id: { type: 'integer' }, cell: property } };
        const { outcomes } = shapeAll({
          stream,
          schema,
          selected: new Set(['cell']),
          rows: [{ id: 1, cell }],
        });
        expect(same(outcomes, [{ record: { id: 1, cell }, rejections: [] }])).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });
});
