/**
 * The made-up tenant: the ids of its rows, the links between them, and their names. Everything
 * follows from the seed and an index, so that a million rows need no memory.
 */

import { Random, hash, salt } from './random.js';
import type { Sizes } from './sizes.js';
import * as words from './words.js';

/** The first id of a list. Most ids of the live API are around 28 million. */
const FIRST_IDS: Readonly<Record<string, number>> = {
  job_type_configuration: 411,
  offices: 1_203,
  types: 5_310,
  work_order_types: 2_117,
  takeoff_types: 9_020,
  cities: 60_400,
  schedules: 28_400_000,
  work_orders: 28_400_000,
  work_order_statuses: 41_000_000,
};
const DEFAULT_FIRST_ID = 28_000_000;
/** Ids have gaps: each index covers three ids. The last one belongs to a row that was removed. */
const ID_STEP = 3;

function addNumber(name: string, round: number, word: string): string {
  return round === 0 ? name : `${name} ${word}${round + 1}`;
}

function pickWord(list: readonly [string, ...string[]], index: number): string {
  return list[index % list.length] ?? list[0];
}

export class Tenant {
  readonly seed: number;
  readonly sizes: Sizes;
  readonly #salts = new Map<string, number>();

  constructor(seed: number, sizes: Sizes) {
    this.seed = seed;
    this.sizes = sizes;
  }

  /** Returns the initial size of a list or feed. */
  size(stream: string): number {
    return this.sizes[stream] ?? 0;
  }

  /** Returns the id of the row at an index of a list. */
  id(stream: string, index: number): number {
    return this.#firstIdAt(stream, index) + (hash(this.seed, 0, index) % (ID_STEP - 1));
  }

  /** Returns the id of the removed row next to an index. */
  removedId(stream: string, index: number): number {
    return this.#firstIdAt(stream, index) + ID_STEP - 1;
  }

  /** Returns the index of an id, or undefined if no row can have this id. */
  index(stream: string, id: number): number | undefined {
    const index = Math.floor((id - this.#firstIdAt(stream, 0)) / ID_STEP);
    return index >= 0 && this.id(stream, index) === id ? index : undefined;
  }

  #firstIdAt(stream: string, index: number): number {
    return (FIRST_IDS[stream] ?? DEFAULT_FIRST_ID) + index * ID_STEP;
  }

  /** Returns the random numbers for one purpose and one index. */
  random(purpose: string, index: number): Random {
    return new Random(hash(this.seed, this.#salt(purpose), index));
  }

  #salt(purpose: string): number {
    let value = this.#salts.get(purpose);
    if (value === undefined) this.#salts.set(purpose, (value = salt(purpose)));
    return value;
  }

  /**
   * Returns the index of a random row of `to` for the row at `index` of `from`; -1 if `to` is
   * empty.
   */
  link(from: string, to: string, index: number): number {
    const size = this.size(to);
    return size === 0 ? -1 : hash(this.seed, this.#salt(to) ^ this.#salt(from), index) % size;
  }

  /** Same as `link`, but spreads the rows of `from` evenly over the rows of `to`, in order. */
  linkInOrder(from: string, to: string, index: number): number {
    const size = this.size(to);
    if (size === 0) return -1;
    return Math.floor((index * size) / Math.max(this.size(from), 1)) % size;
  }

  /** Returns the id at an index that `link` returned, or null for -1. */
  linkId(to: string, index: number): number | null {
    return index < 0 ? null : this.id(to, index);
  }

  /** Returns the name of the row at an index as other rows show it, or null for -1. */
  name(stream: keyof typeof NAMES, index: number): string | null {
    return index < 0 ? null : NAMES[stream](index);
  }
}

const NAMES = {
  offices: (index: number) => `${pickWord(words.TOWNS, index)} Office`,
  cities: (index: number) =>
    addNumber(pickWord(words.TOWNS, index), Math.floor(index / words.TOWNS.length), 'Sec. '),
  communities(index: number): string {
    const lands = Math.floor(index / words.HOODS.length);
    const name = `${pickWord(words.HOODS, index)} ${pickWord(words.LANDS, lands)}`;
    return addNumber(name, Math.floor(lands / words.LANDS.length), 'Phase ');
  },
  customers(index: number): string {
    const kinds = Math.floor(index / words.BUILDERS.length);
    const name = `${pickWord(words.BUILDERS, index)} ${pickWord(words.BUILDER_KINDS, kinds)}`;
    return addNumber(name, Math.floor(kinds / words.BUILDER_KINDS.length), 'No. ');
  },
  employees(index: number): string {
    const lasts = Math.floor(index / words.FIRST_NAMES.length);
    const name = `${pickWord(words.FIRST_NAMES, index)} ${pickWord(words.LAST_NAMES, lasts)}`;
    return addNumber(name, Math.floor(lasts / words.LAST_NAMES.length), '');
  },
  crews: (index: number) =>
    `${pickWord(words.LAST_NAMES, index)} - ${pickWord(words.TRADES, index * 7)} ${index + 1}`,
  floorplans: (index: number) =>
    `${1_200 + ((index * 37) % 3_000)} ${pickWord(words.PLANS, index)}`,
  work_order_types: (index: number) =>
    addNumber(pickWord(words.TRADES, index), Math.floor(index / words.TRADES.length), ''),
  job_type_configuration: (index: number) =>
    addNumber(
      pickWord(['New Construction', 'Remodel', 'Warranty', 'Retail'], index),
      Math.floor(index / 4),
      '',
    ),
  jobs(index: number): string {
    const street = `${pickWord(words.STREETS, index * 3 + Math.floor(index / 40))} ${pickWord(words.STREET_KINDS, Math.floor(index / 10))}`;
    return `${101 + (index % 9_000) * 2} ${street}`;
  },
};
