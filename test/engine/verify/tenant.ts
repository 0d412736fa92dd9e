/** A list of Bolt in a few lines, under each reading of its pages and tokens, for tests. */
import type { ApiResponse, Query } from '#src/api/query.js';
import { refusal } from '../../support/pages.js';

export const DAY = 86_400_000;
/** How long each request takes. */
export const CALL_MS = 7000;

export interface Row {
  readonly id: number;
  readonly etag: string;
  readonly updated_at?: string;
  readonly [name: string]: unknown;
}

export interface Reading {
  readonly tokenOn: 'every' | 'last';
  readonly tokenMade: 'start' | 'page';
  readonly pages: 'live' | 'frozen';
  /** Whether a refresh token returns all rows. */
  readonly returnsAll: boolean;
  readonly pageSize: number;
  /** Whether rows have `updated_at`. */
  readonly dated: boolean;
}

interface Walk {
  readonly rows: ReadonlyMap<number, Row>;
  readonly since: number;
  readonly started: number;
}

export class Tenant {
  readonly #reading: Reading;
  readonly #rows = new Map<number, Row>();
  readonly #changed = new Map<number, number>();
  readonly #walks: Walk[] = [];
  #seq = 0;
  /** The server's clock. */
  now = Date.UTC(2025, 5, 1);

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get rows(): ReadonlyMap<number, Row> {
    return this.#rows;
  }

  /** Adds or changes a row. */
  put(id: number, ms = this.now): void {
    this.#seq += 1;
    const dated = this.#reading.dated ? { updated_at: new Date(ms).toISOString() } : {};
    this.#rows.set(id, { id, etag: `W/${this.#seq}`, notes: `seq ${this.#seq}`, ...dated });
    this.#changed.set(id, this.#seq);
  }

  remove(id: number): void {
    this.#seq += 1;
    this.#rows.delete(id);
    this.#changed.set(id, this.#seq);
  }

  /** Puts back a row that was removed, as it was; a list of changes has it. */
  restore(row: Row): void {
    this.#seq += 1;
    this.#rows.set(row.id, row);
    this.#changed.set(row.id, this.#seq);
  }

  /** Answers a request. */
  answer(query: Query, isStale = false): ApiResponse {
    this.now += CALL_MS;
    const { next_batch, refresh_token } = query;
    if (isStale && next_batch !== undefined) throw refusal(422);
    const walk = this.#walkOf(next_batch, refresh_token);
    const after = next_batch === undefined ? 0 : Number(next_batch.split(':')[1]);
    const { pages, pageSize, tokenOn, tokenMade } = this.#reading;
    const source = pages === 'live' ? this.#rows : walk.rows;
    const all = [...source.values()]
      .filter(({ id }) => id > after && (this.#changed.get(id) ?? 0) > walk.since)
      .toSorted((a, b) => a.id - b.id);
    const rows = all.slice(0, pageSize);
    const isLast = all.length <= pageSize;
    const token = `r:${tokenMade === 'start' ? walk.started : this.#seq}`;
    const body = {
      jobs: rows,
      ...(!isLast && { next_batch: `${this.#walks.indexOf(walk)}:${rows.at(-1)?.id}` }),
      ...((isLast || tokenOn === 'every') && { refresh_token: token }),
    };
    return { body, size: 1, arrivedAt: this.now + DAY, serverTime: this.now };
  }

  #walkOf(next: string | undefined, refresh: string | undefined): Walk {
    const known = next === undefined ? undefined : this.#walks[Number(next.split(':')[0])];
    if (known !== undefined) return known;
    const isAll = refresh === undefined || this.#reading.returnsAll;
    const since = isAll ? -1 : Number(refresh.split(':')[1]);
    const walk = { rows: new Map(this.#rows), since, started: this.#seq };
    this.#walks.push(walk);
    return walk;
  }
}
