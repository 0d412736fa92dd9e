/**
 * The rows of a verification: keys, hashes and flags in typed arrays, so that a million rows with
 * integer keys take 40 MB. Text keys are kept as they are, in a map.
 */

/** The key of a row, in the form that the tap gives it. */
export type Key = number | string;

/** What a row's flags can hold; the last three are verdicts, of which a row has at most one. */
export const FLAG = {
  /** The destination has printed the row. */
  inDestination: 1,
  /** The destination marks it as deleted. */
  deletedThere: 2,
  /** The walk has brought the row. */
  seen: 4,
  missing: 8,
  stale: 16,
  unknown: 32,
} as const;

/** All verdicts. */
export const VERDICTS = FLAG.missing | FLAG.stale | FLAG.unknown;

const FIRST_SIZE = 1024;

export class RowTable {
  #size = 0;
  #numbers = new Float64Array(FIRST_SIZE);
  /** Open addressing: row numbers plus one by the hash of an integer key; 0 is a free place. */
  #places = new Uint32Array(FIRST_SIZE * 2);
  readonly #texts = new Map<string, number>();
  readonly #names: string[] = [];
  #flags = new Uint8Array(FIRST_SIZE);
  #forms = new Uint16Array(FIRST_SIZE);
  /** Four for each row: of the compared columns, and of the same without fractions of seconds. */
  #hashes = new Uint32Array(FIRST_SIZE * 4);

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** The number of the row with this key, or -1. */
  find(key: Key): number {
    if (typeof key === 'string') return this.#texts.get(key) ?? -1;
    return (this.#places[this.#placeOf(key)] ?? 0) - 1;
  }

  /** Adds a row whose key is not in the table, without flags. Returns its number. */
  add(key: Key): number {
    if (this.#size === this.#numbers.length) this.#grow();
    const row = this.#size;
    this.#size += 1;
    if (typeof key === 'string') {
      this.#texts.set(key, row);
      this.#names[row] = key;
    } else {
      this.#places[this.#placeOf(key)] = row + 1;
      this.#numbers[row] = key;
    }
    return row;
  }

  keyAt(row: number): Key {
    return this.#names[row] ?? this.#numbers[row] ?? 0;
  }

  flagsAt(row: number): number {
    return this.#flags[row] ?? 0;
  }

  setFlags(row: number, flags: number): void {
    this.#flags[row] = flags;
  }

  /** The flags of all rows, by their numbers. */
  get flags(): Uint8Array {
    return this.#flags.subarray(0, this.#size);
  }

  formAt(row: number): number {
    return this.#forms[row] ?? 0;
  }

  /** Keeps which columns of a row are compared. */
  setForm(row: number, form: number): void {
    this.#forms[row] = form;
  }

  /** Keeps a hash of a row: `exact`, or the one without fractions of seconds. */
  setHash(row: number, { high, low }: Hash, exact: boolean): void {
    const at = row * 4 + (exact ? 0 : 2);
    this.#hashes[at] = high;
    this.#hashes[at + 1] = low;
  }

  /** Whether a row has this hash. */
  hasHash(row: number, { high, low }: Hash, exact: boolean): boolean {
    const at = row * 4 + (exact ? 0 : 2);
    return this.#hashes[at] === high && this.#hashes[at + 1] === low;
  }

  /** The place of an integer key, or the free place where it belongs. */
  #placeOf(key: number): number {
    const mask = this.#places.length - 1;
    let at = scatter(key) & mask;
    for (;;) {
      const row = this.#places[at] ?? 0;
      if (row === 0 || this.#numbers[row - 1] === key) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const size = this.#size * 2;
    const numbers = new Float64Array(size);
    numbers.set(this.#numbers);
    const flags = new Uint8Array(size);
    flags.set(this.#flags);
    const forms = new Uint16Array(size);
    forms.set(this.#forms);
    const hashes = new Uint32Array(size * 4);
    hashes.set(this.#hashes);
    this.#numbers = numbers;
    this.#flags = flags;
    this.#forms = forms;
    this.#hashes = hashes;
    this.#places = new Uint32Array(size * 2);
    for (let row = 0; row < this.#size; row += 1) {
      if (this.#names[row] === undefined) this.#places[this.#placeOf(numbers[row] ?? 0)] = row + 1;
    }
  }
}

interface Hash {
  readonly high: number;
  readonly low: number;
}

/** Spreads keys that follow one another over the table. */
function scatter(key: number): number {
  const high = Math.floor(key / 0x1_0000_0000);
  let hash = Math.imul((key | 0) ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
