/** A warehouse held to the source. */
import { expect } from 'chai';
import type { Row } from '../../support/messages.js';
import { keyOf, kindsOf, type Rows } from './source.js';
import type { Target, Warehouse } from './warehouses.js';

/** A cell of a warehouse in the form that the tap gives it. */
function cellOf(kind: string, value: unknown): unknown {
  if (typeof value !== 'string' || kind !== 'date-time') return value;
  return new Date(value.endsWith('Z') ? value : `${value}Z`).toISOString();
}

/**
 * The rows of a stream in a warehouse, without the columns that the target adds. Of rows with the
 * same key, the last.
 */
async function heldIn(warehouse: Pick<Warehouse, 'rows'>, stream: string): Promise<Rows> {
  const kinds = kindsOf(stream);
  const rows = await warehouse.rows(stream);
  return new Map(
    rows.map((row) => {
      const record: Row = Object.fromEntries(
        [...kinds].map(([column, kind]) => [column, cellOf(kind, row[column])]),
      );
      return [keyOf(stream, record), record];
    }),
  );
}

/** A row as a target keeps it. */
function keptBy({ textOf = (text) => text }: Pick<Target, 'textOf'>, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? textOf(value) : value,
    ]),
  );
}

/** Holds a warehouse to the source, stream by stream, row by row, field by field. */
export async function expectWhole(
  target: Pick<Target, 'textOf'>,
  warehouse: Pick<Warehouse, 'rows'>,
  expected: ReadonlyMap<string, Rows>,
  streams: readonly string[],
): Promise<void> {
  for (const stream of streams) {
    const rows = expected.get(stream) ?? new Map<string, Row>();
    const found = await heldIn(warehouse, stream);
    expect(found.size, `rows of ${stream}`).to.equal(rows.size);
    for (const [key, row] of rows)
      expect(found.get(key), `${stream} ${key}`).to.deep.equal(keptBy(target, row));
  }
}
