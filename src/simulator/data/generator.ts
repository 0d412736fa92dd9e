/** Rows for streams without a row maker, generated from the stream's schema. */

import type { PropertySchema, StreamSchema } from '../../catalog/schema.js';
import type { StreamDef } from '../../streams.js';
import { generateCell, primaryType, type CellContext } from './cells.js';
import { negate, toggleText, type PastColumn } from './past-values.js';
import type { Random } from './random.js';
import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { HISTORY_END } from './times.js';
import type { QuirkColumns } from './wire-format.js';

/** How often a nullable cell is null: once in this many rows. */
const NULL_EVERY = 6;

/**
 * A column, and where its cell is in the row: in an object, if `flatten` made the column of one.
 */
export interface GeneratedColumn {
  readonly name: string;
  /** The key of the object that contains the cell; undefined if the cell is in the row itself. */
  readonly parent: string | undefined;
  /** The key of the cell in the row or in the object. */
  readonly key: string;
  readonly schema: PropertySchema;
  readonly nullable: boolean;
}

/**
 * Lists the columns that a stream's schema declares, with their place in a row.
 *
 * @param required columns that are never null, whatever the schema says
 */
export function columnsOf(
  stream: StreamDef,
  schema: StreamSchema,
  required: readonly string[],
): GeneratedColumn[] {
  const flatten = Object.entries(stream.flatten);
  return Object.entries(schema.properties).map(([name, property]) => {
    const [parent, prefix = ''] =
      flatten.find(([, prefix]) => name.startsWith(prefix) && name !== prefix) ?? [];
    const nullable = isNullable(property) && !required.includes(name);
    return { name, parent, key: name.slice(prefix.length), schema: property, nullable };
  });
}

function isNullable({ type, anyOf, oneOf }: PropertySchema): boolean {
  const types: unknown[] = [type, anyOf, oneOf].flat();
  return types.some((one) =>
    typeof one === 'object' && one !== null && 'type' in one
      ? [one.type].flat().includes('null')
      : one === 'null',
  );
}

/** Generates rows of some columns. The same seed and index give the same row. */
export class RowGenerator {
  readonly #name: string;
  readonly #columns: readonly GeneratedColumn[];
  /** The column that holds the row's id. */
  readonly #idColumn: string;
  readonly #lists: readonly string[];
  /** The columns that `addQuirks` may change, by their types. */
  readonly quirkColumns: QuirkColumns;

  /**
   * @param name the list; it determines the random numbers
   * @param columns the cells of a row
   * @param idColumn the column that identifies a row
   * @param lists the lists whose ids a column such as `job_id` contains
   */
  constructor(
    name: string,
    columns: readonly GeneratedColumn[],
    idColumn: string,
    lists: readonly string[],
  ) {
    this.#name = name;
    this.#columns = columns;
    this.#idColumn = idColumn;
    this.#lists = lists;
    this.quirkColumns = this.#findQuirkColumns();
  }

  /** Makes the row at an index. The row at index 0 has no null, so that every column occurs. */
  make(tenant: Tenant, index: number, meta: RowMeta): Row {
    const row: Row = {};
    const objects = new Map<string, Row>();
    const context = { tenant, lists: this.#lists, meta };
    for (const column of this.#columns) {
      const { name, parent, key, nullable } = column;
      const random = tenant.random(`${this.#name}.${name}`, index);
      const isNull = nullable && index > 0 && random.oneIn(NULL_EVERY);
      const cell = isNull ? null : this.#makeCell(column, random, context);
      const object = parent === undefined ? row : (objects.get(parent) ?? {});
      object[key] = cell;
      if (parent !== undefined) objects.set(parent, (row[parent] = object));
    }
    return row;
  }

  #makeCell(column: GeneratedColumn, random: Random, context: CellContext): unknown {
    if (column.name !== this.#idColumn) return generateCell(column, random, context);
    const { id } = context.meta;
    return primaryType(column.schema) === 'string' ? String(id) : id;
  }

  /** Makes new cells for a change of a row: of one column, or none if no column may change. */
  makeChange(tenant: Tenant, random: Random): Row {
    const [first, ...rest] = this.#columns.filter((column) => this.#mayChange(column));
    if (!first) return {};
    const column = random.pick([first, ...rest]);
    const meta = { id: 0, created: HISTORY_END, updated: HISTORY_END, etag: '' };
    return { [column.key]: generateCell(column, random, { tenant, lists: this.#lists, meta }) };
  }

  /** Cells that identify or date a row do not change at random. */
  #mayChange({ name, parent, schema, nullable }: GeneratedColumn): boolean {
    if (parent !== undefined || !nullable || name === this.#idColumn) return false;
    return schema.format === undefined && !/^etag$|_(?:id|at)$/.test(name);
  }

  #findQuirkColumns(): QuirkColumns {
    const top = this.#columns.filter(({ name, parent }) => !parent && name !== this.#idColumn);
    const select = (fits: (column: GeneratedColumn) => boolean): ReadonlySet<string> =>
      new Set(top.filter((column) => fits(column)).map(({ key }) => key));
    const typed = (type: string) => select(({ schema }) => primaryType(schema) === type);
    return {
      decimals: typed('number'),
      integers: typed('integer'),
      booleans: typed('boolean'),
      times: select(({ schema }) => schema.format === 'date-time'),
      notes: new Set(),
      blanks: select(({ schema, nullable }) => nullable && isFreeText(schema)),
      numericTexts: new Set(),
      absent: select(({ nullable }) => nullable),
    };
  }

  /** The columns that have other values in the past of a row: booleans and texts. */
  get pastColumns(): readonly PastColumn[] {
    return this.#columns
      .filter((column) => this.#mayChange(column))
      .flatMap(({ key, schema }): PastColumn[] => {
        if (primaryType(schema) === 'boolean') return [[key, negate]];
        return isFreeText(schema) ? [[key, toggleText]] : [];
      });
  }
}

/** True for a text whose schema allows any value. */
function isFreeText(schema: PropertySchema): boolean {
  const { type, description: _, title: __, ...limits } = schema;
  return (
    primaryType({ ...schema, type: type ?? 'string' }) === 'string' && !Object.keys(limits).length
  );
}
