/** Compares rows of the API with a schema: what is new, what never came, and what does not fit. */
import type { PropertySchema, StreamSchema } from '../catalog/schema.js';
import { isObject, type JsonObject } from '../json.js';
import { DELETED_COLUMNS, RESCUED, type StreamDef } from '../streams.js';
import type { Validator } from './convert.js';
import { compileFields, normalSpelling, NOWHERE, type Fields } from './fields.js';
import { Kinds } from './infer.js';
import type { MaskRow } from './masking.js';
import { compileShape, type Rejection, type Shape } from './shape.js';

/** More new columns, or names that cannot be columns, are not kept: they are keys, not names. */
const MOST = 100;
/** As the shipped schemas have them. PostgreSQL takes 63 characters. Targets use `_sdc_`. */
const COLUMN_NAME = /^(?!_sdc_)_?[a-z][a-z0-9_]{0,61}$/;

/** Values of a column that do not fit its type; `field` is null for whole rows. */
export interface Misfits {
  readonly field: string | null;
  readonly reason: string;
  readonly count: number;
}

/** What rows have shown. */
export interface Observed {
  readonly rows: number;
  /** The properties to add, by column. */
  readonly found: ReadonlyMap<string, PropertySchema>;
  /** Raw names of undeclared fields that cannot be columns. */
  readonly unusable: readonly string[];
  /** Declared columns that no row had, not even as null. */
  readonly absent: readonly string[];
  readonly misfits: readonly Misfits[];
}

export interface ObserverOptions {
  readonly stream: StreamDef;
  /** The catalog's. */
  readonly schema: StreamSchema;
  /** The package's: its type is used if the catalog lacks one of its columns. */
  readonly shipped: StreamSchema;
  readonly validator: Validator;
  /** Masks rows; null or absent if nothing is masked. */
  readonly mask?: MaskRow | null | undefined;
}

/** Looks at the rows of one stream. */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #fields: Fields;
  readonly #shape: Shape;
  readonly #came = new Set<number>();
  readonly #kinds = new Map<string, Kinds>();
  readonly #unusable = new Set<string>();
  readonly #misfits = new Map<string, Misfits>();
  #rows = 0;

  /** @throws ConfigError if the catalog's schema cannot be used */
  constructor(options: ObserverOptions) {
    const { stream, schema, shipped, validator } = options;
    this.#options = options;
    const properties = { ...shipped.properties, ...schema.properties };
    const all = new Set(Object.keys(properties));
    this.#fields = compileFields(stream, { ...schema, properties }, all, ignore);
    const selected = new Set(Object.keys(schema.properties).filter((name) => name !== RESCUED));
    this.#shape = compileShape({ stream, schema, selected, undeclared: ignore, validator });
  }

  /** Looks at a row as the API sent it. */
  add(unmasked: unknown): void {
    const row = this.#options.mask?.(unmasked) ?? unmasked;
    this.#rows += 1;
    const rejections: Rejection[] = [];
    this.#shape(row, rejections);
    for (const { field, reason } of rejections) {
      const key = JSON.stringify([field, reason]);
      const count = (this.#misfits.get(key)?.count ?? 0) + 1;
      this.#misfits.set(key, { field, reason, count });
    }
    if (isObject(row)) this.#look(row, this.#fields.find, '');
  }

  /** Returns what all rows so far have shown. */
  result(): Observed {
    const { schema, shipped, stream } = this.#options;
    const made = new Set<string>([RESCUED, ...DELETED_COLUMNS]);
    if (stream.eventIdParts) made.add('event_id');
    const isAbsent = (name: string, slot: number): boolean =>
      !this.#came.has(slot) && !made.has(name) && Object.hasOwn(schema.properties, name);
    const slots = [...this.#fields.slots];
    const lacking = slots.filter(
      ([name, slot]) => this.#came.has(slot) && !Object.hasOwn(schema.properties, name),
    );
    return {
      rows: this.#rows,
      found: new Map([
        ...lacking.map(([name]) => [name, shipped.properties[name] ?? {}] as const),
        ...[...this.#kinds].map(([name, kinds]) => [name, kinds.property()] as const),
      ]),
      unusable: [...this.#unusable],
      absent:
        this.#rows === 0
          ? []
          : slots.filter(([name, slot]) => isAbsent(name, slot)).map(([name]) => name),
      misfits: [...this.#misfits.values()],
    };
  }

  #look(object: JsonObject, find: Fields['find'], prefix: string): void {
    for (const [raw, value] of Object.entries(object)) {
      const destination = find(raw);
      if (destination === NOWHERE) this.#note(prefix, raw, value);
      if (destination.slot >= 0) this.#came.add(destination.slot);
      if (destination.object === null || !isObject(value)) continue;
      const inner = this.#options.stream.flatten[destination.object.name] ?? '';
      this.#look(value, destination.object.fields, inner);
    }
  }

  #note(prefix: string, raw: string, value: unknown): void {
    const column = prefix + normalSpelling(raw);
    const isUsable = COLUMN_NAME.test(column) && column !== RESCUED;
    const known = this.#kinds.get(column);
    if (known !== undefined) known.add(value);
    else if (isUsable && this.#kinds.size < MOST) {
      const kinds = new Kinds();
      kinds.add(value);
      this.#kinds.set(column, kinds);
    } else if (this.#unusable.size < MOST) this.#unusable.add(prefix + raw);
  }
}

/** Undeclared fields are looked at here, not reported. */
function ignore(): void {}
