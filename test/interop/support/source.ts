/** The source of a test: a simulated API, and the rows of a destination that missed nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Simulator } from '#src/simulator/simulator.js';
import { serve, type Served } from '#src/simulator/serve.js';
import { ALL_STREAMS, REJECTED, STREAMS, type StreamDef } from '#src/streams.js';
import { COLUMNS } from '../../simulator/columns.js';
import { recordsOf, type Message, type Row } from '../../support/messages.js';
import { expectedOf, expectedOfEvent } from '../../support/oracle.js';
import { makeFolder } from '../../support/folder.js';

/** Rows of a stream by their keys. */
export type Rows = ReadonlyMap<string, Row>;

export const TOKEN = 'simulated-token';

/** The columns that make up each stream's key. */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ...ALL_STREAMS.map(({ name, keys }) => [name, keys] as const),
  [REJECTED, ['rejected_id']],
]);
/** The streams that a feed keeps true. */
const KEPT = ALL_STREAMS.filter(({ feed }) => feed !== undefined);
const REJECTED_COLUMNS = {
  string: 'rejected_id stream record_key field reason value',
  'date-time': 'rejected_at',
};

export class Source {
  readonly simulator = new Simulator({ rows: 150, malformed: 0.01, callsPerHour: Infinity });
  /** For the files of the test: configuration, bookmark, the tap's cache, the destination's. */
  readonly folder = makeFolder();
  readonly #held = new Map<string, Map<string, Row>>();
  /** How many events each feed had at first: a list's first load says nothing about them. */
  readonly #past = new Map(
    STREAMS.map(({ name }) => [name, [...this.simulator.rows(name)].length] as const),
  );
  #served: Served | undefined;

  static async start(): Promise<Source> {
    const source = new Source();
    source.#served = await serve(source.simulator);
    return source;
  }

  get url(): string {
    return this.#served?.url ?? '';
  }

  /** Settings of the tap to sync from here. */
  get settings(): Readonly<Record<string, unknown>> {
    return {
      base_url: this.url,
      api_token: TOKEN,
      api_token_name: 'simulator',
      calls_per_hour: 1_000_000,
      calls_per_second: 1000,
      cache_dir: join(this.folder, 'cache'),
    };
  }

  /** Writes a JSON file into the folder; gives its path. */
  write(file: string, value: unknown): string {
    const path = join(this.folder, file);
    writeFileSync(path, JSON.stringify(value), { mode: 0o600 });
    return path;
  }

  /**
   * Returns the rows of a destination that loaded the messages of this run and those before: of
   * every stream, each row in its last version. A removed row stays, because lists do not report
   * removals; if an event reports it, it has `deleted_at`. Rows come from the simulator, converted
   * by the oracle; only rejected values come from the messages.
   */
  held(messages: readonly Message[]): ReadonlyMap<string, Rows> {
    for (const stream of ALL_STREAMS) {
      for (const event of this.eventsOf(stream))
        this.#hold(stream.name, expectedOfEvent(stream, event)?.record ?? null);
      if (stream.paging === 'derived') continue;
      for (const row of this.simulator.rows(stream.name))
        this.#hold(stream.name, expectedOf(stream, row).record);
    }
    for (const record of recordsOf(messages, REJECTED)) this.#hold(REJECTED, record);
    return this.#held;
  }

  /** The events that a list is kept from: all, or those since its first load. */
  eventsOf({ paging, feed }: StreamDef): unknown[] {
    if (feed === undefined) return [];
    const past = paging === 'derived' ? 0 : (this.#past.get(feed.name) ?? 0);
    return [...this.simulator.rows(feed.name)].slice(past);
  }

  /**
   * Makes changes at the source.
   *
   * @returns how many rows of each stream the next sync emits or rejects; streams without tokens
   *   are not included
   */
  evolve(changes: number): Record<string, number> {
    const before = new Map(KEPT.map((list) => [list.name, this.eventsOf(list).length] as const));
    const sent = this.simulator.evolve(changes);
    for (const list of KEPT) {
      const events = this.eventsOf(list).slice(before.get(list.name));
      const rows = events.map((event) => expectedOfEvent(list, event)?.record ?? null);
      const gone = new Set(
        rows.flatMap((row) => (row && row['deleted_at'] !== null ? [row['id']] : [])),
      );
      // Of a row that exists, the list itself has sent the newest copy.
      const fromFeed =
        list.paging === 'derived' ? rows : rows.filter((row) => gone.has(row?.['id']));
      sent[list.name] = (sent[list.name] ?? 0) + fromFeed.length;
    }
    return sent;
  }

  #hold(stream: string, record: Row | null): void {
    if (record === null) return;
    const rows = this.#held.get(stream) ?? new Map<string, Row>();
    this.#held.set(stream, rows.set(keyOf(stream, record), record));
  }

  async stop(): Promise<void> {
    await this.#served?.close();
  }
}

/** The key of a row, as text. */
export function keyOf(stream: string, row: Row): string {
  return (KEYS.get(stream) ?? []).map((key) => String(row[key])).join();
}

/** The kind that each column of a stream is declared as. */
export function kindsOf(stream: string): ReadonlyMap<string, string> {
  const columns = stream === REJECTED ? REJECTED_COLUMNS : (COLUMNS[stream] ?? {});
  const kinds = Object.entries(columns).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind] as const),
  );
  return new Map([
    ...kinds,
    ...(stream.endsWith('_events') ? [['event_id', 'string'] as const] : []),
    ...(KEPT.some(({ name }) => name === stream) ? [['deleted_at', 'date-time'] as const] : []),
  ]);
}
