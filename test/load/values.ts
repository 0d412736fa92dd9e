/** Values of records: as JSON, and as what each type of column must hold of them. */
import * as fc from 'fast-check';
import type { ColumnType } from '#src/load/columns.js';

/** A cell as the tests compare it. A time is the text of its microseconds since 1970. */
export type Held = string | number | boolean | null;

/** A value that is not null. A type that is missing cannot hold it. */
export interface Value {
  readonly json: string;
  readonly as: Readonly<Partial<Record<ColumnType, Held>>> & { readonly VARCHAR: string };
}

const INT64 = 2n ** 63n;

export function integer(value: bigint): Value {
  const json = String(value);
  const number = Number(value);
  return {
    json,
    as: {
      VARCHAR: json,
      ...(value >= -INT64 && value < INT64 && { BIGINT: json }),
      ...(BigInt(number) === value && { DOUBLE: number }),
    },
  };
}

/** A number with a fraction, or an exponent. */
function double(value: number): Value {
  const json = JSON.stringify(value);
  return { json, as: { VARCHAR: json, DOUBLE: value } };
}

function boolean(value: boolean): Value {
  return { json: String(value), as: { VARCHAR: String(value), BOOLEAN: value } };
}

export function text(value: string): Value {
  // A lone surrogate cannot be written in UTF-8.
  return { json: JSON.stringify(value), as: { VARCHAR: value.toWellFormed() } };
}

function json(value: unknown): Value {
  return { json: JSON.stringify(value), as: { VARCHAR: JSON.stringify(value) } };
}

export function date(ms: number): Value {
  const day = new Date(ms).toISOString().slice(0, 10);
  return { json: `"${day}"`, as: { VARCHAR: day, DATE: day } };
}

/** A time, written with an offset of some minutes from UTC. */
export function timestamp(us: bigint, offset: number, form: 'Z' | 'offset' | 'none'): Value {
  const minutes = form === 'offset' ? offset : 0;
  const ms = Number(us / 1000n);
  const fraction = String(us % 1_000_000n).padStart(6, '0');
  const seconds = new Date(ms + minutes * 60_000).toISOString().slice(0, 19);
  const sign = minutes < 0 ? '-' : '+';
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const digits = (part: number): string => String(part).padStart(2, '0');
  const zone = { Z: 'Z', offset: `${sign}${digits(hours)}:${digits(rest)}`, none: '' }[form];
  const written = `${seconds}${us % 1_000_000n === 0n ? '' : `.${fraction}`}${zone}`;
  return { json: `"${written}"`, as: { VARCHAR: written, TIMESTAMPTZ: String(us) } };
}

const YEARS = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) };

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', "it's", 'a\0b', 'null', '🏗️ Größe', '\ud800', 'x'.repeat(20_000), '"\\\n'),
);

const BY_TYPE: Readonly<Record<ColumnType, fc.Arbitrary<Value>>> = {
  BIGINT: fc.oneof(
    fc.integer({ min: -3, max: 9 }).map((value) => integer(BigInt(value))),
    fc.bigInt({ min: -INT64, max: INT64 - 1n }).map(integer),
  ),
  DOUBLE: fc.oneof(
    fc.constantFrom(0.5, -1.25, 1e-7, 3.5e-5, 1e21, 1.7e308, 5e-324, 0.1 + 0.2).map(double),
    fc.constantFrom(0n, 7n, 10n ** 15n, 2n ** 53n, 10n ** 20n).map(integer),
  ),
  BOOLEAN: fc.boolean().map(boolean),
  DATE: fc.integer(YEARS).map(date),
  TIMESTAMPTZ: fc
    .tuple(
      fc.integer(YEARS),
      fc.constantFrom(0n, 0n, 1n, 999n),
      fc.integer({ min: -840, max: 840 }),
      fc.constantFrom('Z', 'offset', 'none'),
    )
    .map(([ms, us, offset, form]) =>
      // Before 1970 the fraction would count backwards.
      timestamp(BigInt(Math.abs(ms)) * 1000n + us, offset, form),
    ),
  VARCHAR: fc.oneof(
    texts.map(text),
    fc.constantFrom({}, [], { a: [1, null, { b: 'ö' }] }, ['x\0', 0.1]).map(json),
  ),
};

/** A value that often fits a column. */
export function valueOf(type: ColumnType): fc.Arbitrary<Value> {
  const any = fc.oneof(
    ...Object.values(BY_TYPE),
    fc.constantFrom(2n ** 63n, 10n ** 30n, 2n ** 53n + 1n).map(integer),
  );
  return fc.oneof({ weight: 12, arbitrary: BY_TYPE[type] }, { weight: 1, arbitrary: any });
}

/** Values for keys: few, so that they come again. */
export function keyOf(type: ColumnType): fc.Arbitrary<Value> {
  const values: Partial<Record<ColumnType, readonly Value[]>> = {
    BIGINT: [1n, 2n, 3n, -(2n ** 63n)].map(integer),
    DOUBLE: [...[1n, 2n].map(integer), double(0.5)],
    DATE: [0, 86_400_000].map(date),
    VARCHAR: ['', '1', 'ö', 'a\0b', "'"].map(text),
  };
  const [first, ...rest] = values[type] ?? [text('1')];
  const any = fc.constantFrom(integer(1n), integer(2n ** 64n), text('x'));
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(first ?? text('1'), ...rest) },
    { weight: 1, arbitrary: any },
  );
}
