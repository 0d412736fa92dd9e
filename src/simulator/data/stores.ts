/** The tables of a world's lists and the events of its feeds, before any change. */

import type { StreamSchema } from '../../catalog/schema.js';
import type { StreamDef } from '../../streams.js';
import { Feed } from './feed.js';
import { History, type PastEvent } from './history.js';
import { hash, salt } from './random.js';
import type { Row, RowMeta } from './row.js';
import { findSources, type FeedDef, type ListDef, type Sources } from './sources.js';
import { Table } from './table.js';
import type { Tenant } from './tenant.js';
import { DAY, HISTORY_END, HISTORY_START } from './times.js';
import { addQuirks, corruptRow } from './wire-format.js';

/** Returns the list that determines the cells, the history and the feed of a list's rows. */
export function baseList(list: string): string {
  return list === 'schedules' ? 'work_orders' : list;
}

export interface WorldOptions {
  readonly tenant: Tenant;
  readonly streams: readonly StreamDef[];
  /** Returns the schema of a stream. */
  readonly schemaOf: (stream: string) => StreamSchema;
  /** Whether rows have the irregularities of the live API. */
  readonly ugly: boolean;
  /** The share of malformed rows, 0 to 1. */
  readonly malformed: number;
  /** `frozen` keeps old versions of rows, so that they can be read as they were. */
  readonly pages: 'live' | 'frozen';
  /** Returns the time in ms. */
  readonly now: () => number;
}

export class Stores {
  readonly sources: Sources;
  readonly tables = new Map<string, Table>();
  /** By stream. */
  readonly feeds = new Map<string, Feed>();
  readonly #options: WorldOptions;
  readonly #tenant: Tenant;
  /** By list. */
  readonly #histories = new Map<string, History>();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#tenant = options.tenant;
    this.sources = findSources(options.streams, options.schemaOf);
    for (const feed of this.sources.feeds) this.#addFeed(feed);
    for (const list of this.sources.lists.values()) this.tables.set(list.name, this.#table(list));
  }

  #addFeed({ list, stream, snapshot, pastColumns, extras }: FeedDef): void {
    const tenant = this.#tenant;
    const history = new History(tenant.size(stream), tenant.size(list));
    this.#histories.set(list, history);
    const makeRow = (event: PastEvent, created: number, updated: number): Row => {
      const { index, removed, step } = event;
      const id = removed ? tenant.removedId(list, index) : tenant.id(list, index);
      const meta = { id, created, updated, etag: this.etag(list, id, step) };
      return this.sources.lists.get(list)?.make(tenant, index, meta) ?? {};
    };
    const feed = new Feed({
      stream,
      snapshot,
      history,
      tenant,
      pastColumns,
      makeRow,
      makeExtras: (number, meta) => extras?.make(tenant, number, meta) ?? {},
      addQuirks: (row, index) => this.#addQuirks(list, row, index),
      corrupt: (event, number) => this.#corrupt(stream, 'event', event, number),
    });
    this.feeds.set(stream, feed);
  }

  #table({ name, make, key }: ListDef): Table {
    const tenant = this.#tenant;
    const base = baseList(name);
    const makeRow = (index: number): Row =>
      this.#addQuirks(base, make(tenant, index, this.#metaOf(name, index)), index);
    return new Table({
      size: tenant.size(name),
      keepsOld: this.#options.pages === 'frozen',
      idAt: (index) => tenant.id(name, index),
      indexOf: (id) => tenant.index(name, id),
      make: makeRow,
      makeSent: (index) => this.#corrupt(base, key, makeRow(index), index),
    });
  }

  #addQuirks(list: string, row: Row, index: number): Row {
    if (!this.#options.ugly) return row;
    const columns = this.sources.lists.get(list)?.generator?.quirkColumns;
    // The purposes of random numbers, here and below, never change: the bytes of rows depend on
    // them.
    return addQuirks(row, this.#tenant.random(`${list}, dressed`, index), columns);
  }

  #corrupt(stream: string, key: string, row: Row, index: number): unknown {
    const { malformed } = this.#options;
    if (malformed === 0) return row;
    const random = this.#tenant.random(`${stream}, spoilt`, index);
    return random.below(1_000_000) < malformed * 1_000_000 ? corruptRow(row, key, random) : row;
  }

  #metaOf(list: string, index: number): RowMeta {
    const base = baseList(list);
    const id = this.#tenant.id(list, index);
    const history = this.#histories.get(base);
    const steps = history?.stepsOfRow(index) ?? 0;
    if (history && steps > 0) {
      const created = history.timeOfStep(index, false, 0);
      const updated = history.timeOfStep(index, false, steps - 1);
      return { id, created, updated, etag: this.etag(base, id, steps - 1) };
    }
    const size = Math.max(this.#tenant.size(base), index + 1);
    const created = Math.floor(HISTORY_START + ((HISTORY_END - HISTORY_START) * index) / size);
    const days = hash(this.#tenant.seed, 1, index) % 60;
    const updated = Math.min(created + days * DAY, HISTORY_END);
    return { id, created, updated, etag: this.etag(base, id, 0) };
  }

  /** Returns the etag of a version of a row. */
  etag(list: string, id: number, version: number): string {
    return `W/"${hash(id, salt(list), version).toString(16).padStart(8, '0')}"`;
  }
}
