/**
 * The contractor's yard: how many rows there are of each kind, under which ids they stand, how they hang together and what they are
 * called. All of it follows from seed and index, so that a million rows cost no memory.
 */

import { Dice, hash, salt } from './random.js';
import * as words from './words.js';

/** A row as it is sent, or a part of it. */
export type Row = Record<string, unknown>;

/** What a list's size is, for `rows` rows in the largest: a share of them, and a bound. */
const SIZES: Readonly<Record<string, readonly [share: number, atMost: number]>> = {
  builder_orders: [0.3, Infinity],
  cities: [0.03, 150],
  communities: [0.05, 3_000],
  contracts: [0.6, Infinity],
  crews: [0.04, 400],
  customer_pricings: [0.5, Infinity],
  customers: [0.05, 3_000],
  employees: [0.08, 1_000],
  floorplans: [0.12, 8_000],
  invoices: [0.45, Infinity],
  job_type_configuration: [1, 4],
  jobs: [1, Infinity],
  offices: [1, 3],
  schedules: [0.5, Infinity],
  takeoff_types: [1, 12],
  types: [1, 36],
  work_order_types: [1, 10],
  work_orders: [1, Infinity],
  job_events: [3, Infinity],
  work_order_events: [3, Infinity],
  work_order_status_events: [2, Infinity],
};

/** The first id of each list; the live API's are around 28 million (API.md). */
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
const ORDINARY_FIRST_ID = 28_000_000;
/** Ids have gaps: each row has room for this many. The last of them is that of a row since removed. */
const ID_STEP = 3;

/** Each work order has so many statuses. */
export const STATUSES_PER_WORK_ORDER = 4;

/** The sizes of all lists and feeds, and of the statuses; `given` wins over what follows from `rows`. */
export function sizesFor(rows: number, given: Readonly<Record<string, number>>): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [stream, [share, atMost]] of Object.entries(SIZES)) {
    sizes[stream] = given[stream] ?? Math.min(Math.ceil(rows * share), atMost);
  }
  sizes['work_order_statuses'] = (sizes['work_orders'] ?? 0) * STATUSES_PER_WORK_ORDER;
  return sizes;
}

function numbered(name: string, round: number, word: string): string {
  return round === 0 ? name : `${name} ${word}${round + 1}`;
}

function word(list: readonly [string, ...string[]], index: number): string {
  return list[index % list.length] ?? list[0];
}

export class Site {
  readonly seed: number;
  readonly sizes: Readonly<Record<string, number>>;
  readonly #salts = new Map<string, number>();

  constructor(seed: number, sizes: Readonly<Record<string, number>>) {
    this.seed = seed;
    this.sizes = sizes;
  }

  /** How many rows a list or feed began with. */
  size(stream: string): number {
    return this.sizes[stream] ?? 0;
  }

  /** The id of the row at an index of a list. */
  id(stream: string, index: number): number {
    return this.#slot(stream, index) + (hash(this.seed, 0, index) % (ID_STEP - 1));
  }

  /** The id of a row that stood beside the one at an index, and is gone. */
  goneId(stream: string, index: number): number {
    return this.#slot(stream, index) + ID_STEP - 1;
  }

  /** The index of the row that has this id, if there may be one. */
  index(stream: string, id: number): number | undefined {
    const index = Math.floor((id - this.#slot(stream, 0)) / ID_STEP);
    return index >= 0 && this.id(stream, index) === id ? index : undefined;
  }

  #slot(stream: string, index: number): number {
    return (FIRST_IDS[stream] ?? ORDINARY_FIRST_ID) + index * ID_STEP;
  }

  /** Throws for one use of one row. */
  dice(use: string, index: number): Dice {
    return new Dice(hash(this.seed, this.#salt(use), index));
  }

  #salt(use: string): number {
    let salted = this.#salts.get(use);
    if (salted === undefined) this.#salts.set(use, (salted = salt(use)));
    return salted;
  }

  /** Which row of the list `to` belongs to the row at `index` of `from`: its index, or -1 where `to` is empty. */
  link(from: string, to: string, index: number): number {
    const size = this.size(to);
    return size === 0 ? -1 : hash(this.seed, this.#salt(to) ^ this.#salt(from), index) % size;
  }

  /** As `link`, with the rows of `from` laid evenly along those of `to`, in order. */
  along(from: string, to: string, index: number): number {
    const size = this.size(to);
    if (size === 0) return -1;
    return Math.floor((index * size) / Math.max(this.size(from), 1)) % size;
  }

  /** The id that a link leads to, or null where it leads nowhere. */
  linkId(to: string, index: number): number | null {
    return index < 0 ? null : this.id(to, index);
  }

  /** What the row at an index is called where others mention it, or null for the index -1. */
  name(stream: keyof typeof NAMES, index: number): string | null {
    return index < 0 ? null : NAMES[stream](index);
  }
}

const NAMES = {
  offices: (index: number) => `${word(words.TOWNS, index)} Office`,
  cities: (index: number) => numbered(word(words.TOWNS, index), Math.floor(index / words.TOWNS.length), 'Sec. '),
  communities(index: number): string {
    const lands = Math.floor(index / words.HOODS.length);
    const name = `${word(words.HOODS, index)} ${word(words.LANDS, lands)}`;
    return numbered(name, Math.floor(lands / words.LANDS.length), 'Phase ');
  },
  customers(index: number): string {
    const kinds = Math.floor(index / words.BUILDERS.length);
    const name = `${word(words.BUILDERS, index)} ${word(words.BUILDER_KINDS, kinds)}`;
    return numbered(name, Math.floor(kinds / words.BUILDER_KINDS.length), 'No. ');
  },
  employees(index: number): string {
    const lasts = Math.floor(index / words.FIRST_NAMES.length);
    const name = `${word(words.FIRST_NAMES, index)} ${word(words.LAST_NAMES, lasts)}`;
    return numbered(name, Math.floor(lasts / words.LAST_NAMES.length), '');
  },
  crews: (index: number) => `${word(words.LAST_NAMES, index)} - ${word(words.TRADES, index * 7)} ${index + 1}`,
  floorplans: (index: number) => `${1_200 + ((index * 37) % 3_000)} ${word(words.PLANS, index)}`,
  work_order_types: (index: number) => numbered(word(words.TRADES, index), Math.floor(index / words.TRADES.length), ''),
  job_type_configuration: (index: number) =>
    numbered(word(['New Construction', 'Remodel', 'Warranty', 'Retail'], index), Math.floor(index / 4), ''),
  jobs(index: number): string {
    const street = `${word(words.STREETS, index * 3 + Math.floor(index / 40))} ${word(words.STREET_KINDS, Math.floor(index / 10))}`;
    return `${101 + (index % 9_000) * 2} ${street}`;
  },
};
