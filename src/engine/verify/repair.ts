/** `--emit`: the rows that differ as Singer messages, so that the same calls also repair. */
import type { PlannedStream } from '../../catalog/plan.js';
import type { PropertySchema, StreamSchema } from '../../catalog/schema.js';
import type { MaskRow } from '../../shape/masking.js';
import { compileShape, selectedSchema, type Shape, type ShapeOptions } from '../../shape/shape.js';
import { recordLines, schemaLine } from '../../singer/messages.js';
import { DELETED_COLUMNS } from '../../streams.js';
import type { Key } from './table.js';

const [DELETED_AT] = DELETED_COLUMNS;
const DATE_TIME: PropertySchema = { type: ['null', 'string'], format: 'date-time' };

export class Repair {
  readonly #planned: PlannedStream;
  readonly #schema: StreamSchema;
  readonly #selected: ReadonlySet<string>;
  /** The columns that mark a row as deleted. */
  readonly #marks: readonly string[];
  readonly #shape: Shape;

  /**
   * @param mask masks rows; null or absent if nothing is masked
   * @throws ConfigError if the catalog's schema cannot be used
   */
  constructor(
    planned: PlannedStream,
    validator: NonNullable<ShapeOptions['validator']>,
    mask?: MaskRow | null,
  ) {
    const { schema, selected, stream } = planned;
    const properties = { ...schema.properties };
    properties[DELETED_AT] ??= DATE_TIME;
    this.#planned = planned;
    this.#schema = { ...schema, properties };
    this.#selected = new Set([...selected, DELETED_AT]);
    this.#marks = DELETED_COLUMNS.filter((name) => this.#selected.has(name));
    this.#shape = compileShape({
      stream,
      schema: this.#schema,
      selected: this.#selected,
      undeclared: () => undefined,
      validator,
      mask,
    });
  }

  /** The SCHEMA line of the rows that Bolt has. */
  schema(): string {
    return this.#schemaLine(this.#selected);
  }

  /** The RECORD lines of rows as Bolt has them. */
  records(rows: readonly unknown[], arrivedAt: number): string[] {
    const line = recordLines(this.#planned.name, arrivedAt);
    return rows.flatMap((row) => {
      const record = this.#shape(row, []);
      return record === null ? [] : [line(record)];
    });
  }

  /**
   * The lines of surplus rows. They have their key and the time of deletion only. The SCHEMA says
   * so too: with the whole one, targets would set the other columns to null.
   *
   * @param now ms since 1970
   */
  surplus(keys: readonly Key[], now: number): string[] {
    if (keys.length === 0) return [];
    const [name = ''] = this.#planned.keys;
    const line = recordLines(this.#planned.name, now);
    const at = new Date(now).toISOString();
    const marks = Object.fromEntries(this.#marks.map((mark) => [mark, at]));
    return [
      this.#schemaLine(new Set(this.#marks)),
      ...keys.map((key) => line({ [name]: key, ...marks })),
    ];
  }

  #schemaLine(selected: ReadonlySet<string>): string {
    const { name, keys } = this.#planned;
    return schemaLine(name, selectedSchema(this.#schema, selected, keys), keys);
  }
}
