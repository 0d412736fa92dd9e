/** The Bolt API as API.md has it: a request goes in, an answer comes out. */

import { setTimeout as wait } from 'node:timers/promises';
import { admits, type AuthorizationForm, formOf } from './api/access.js';
import { type Answer, failure, json } from './api/answer.js';
import { CONTROL, control } from './control.js';
import { evolve } from './data/evolve.js';
import { alteredAnswer, alteredPage, type Fault, Faults, instead } from './api/faults.js';
import { Hour } from './api/rate-limit.js';
import { Kept } from './api/answer-cache.js';
import { statusesOf, workOrdersOf } from './api/nested.js';
import { settled, type Settings, type SimulatorOptions } from './options.js';
import { type Page, Pages, type Wanted } from './api/pages.js';
import { responseOf } from './response.js';
import { type Route, routeOf } from './api/routes.js';
import { Site, sizesFor } from './data/tenant.js';
import { TOKEN_KINDS, type TokenKind, Tokens } from './api/tokens.js';
import { World } from './data/world.js';

export type { Fault, SimulatorOptions };

/** A request as far as the simulator looks at it. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  /** A header by its name in lower case; null if it was not sent. */
  readonly header: (name: string) => string | null;
  readonly body: () => Promise<string>;
  readonly signal?: AbortSignal;
}

/** A request that was made, secrets left out. */
export interface SimulatedCall {
  /** By the simulator's clock, ms. */
  readonly time: number;
  readonly path: string;
  /** The stream whose own path it is. */
  readonly stream: string | undefined;
  /** The query, decoded. */
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: AuthorizationForm;
  /** What was answered; 0 where the connection was broken before an answer. */
  status: number;
}

export class Simulator {
  readonly world: World;
  readonly #settings: Settings;
  readonly #tokens: Tokens;
  readonly #pages: Pages;
  readonly #hour: Hour;
  readonly #kept: Kept;
  readonly #faults = new Faults();
  readonly #calls: SimulatedCall[] = [];
  /** By path: the rows that were sent last. */
  readonly #sent = new Map<string, readonly unknown[]>();
  #spells = 0;

  constructor(options: SimulatorOptions = {}) {
    const settings = settled(options);
    const site = new Site(settings.seed, sizesFor(settings.rows, settings.rowsByStream));
    this.#settings = settings;
    this.#tokens = new Tokens(settings.seed);
    this.#pages = new Pages(this.#tokens, settings);
    this.#kept = new Kept(settings.keepPages);
    this.#hour = new Hour(settings.callsPerHour, settings.now);
    this.world = new World({ site, ugly: settings.ugly, malformed: settings.malformed, now: settings.now });
  }

  /** Every call of the API so far, refused ones included. */
  get calls(): readonly SimulatedCall[] {
    return this.#calls;
  }

  /** How long `serve` is to wait before each answer, ms. */
  get latencyMs(): number {
    return this.#settings.latencyMs;
  }

  /** Answers a request. */
  async fetch(request: Request): Promise<Response> {
    const answer = await this.answer({
      method: request.method,
      url: new URL(request.url),
      header: (name) => request.headers.get(name),
      body: () => request.text(),
      signal: request.signal,
    });
    return responseOf(answer);
  }

  /** As `fetch`, for servers that write the answer themselves. */
  async answer(asked: Asked): Promise<Answer> {
    const { pathname, searchParams } = asked.url;
    if (pathname.startsWith(CONTROL)) return control(this, asked.method, pathname, asked.body);
    const route = routeOf(pathname);
    const call: SimulatedCall = {
      time: this.#settings.now(),
      path: pathname,
      stream: route?.kind === 'stream' ? route.stream.name : undefined,
      query: Object.fromEntries(searchParams),
      authorization: formOf(asked.header('authorization')),
      status: 0,
    };
    this.#calls.push(call);
    const answer = this.#refusal(asked) ?? (await this.#letIn(asked, route, call.stream));
    if (answer.broken !== 'reset') call.status = answer.status;
    return answer;
  }

  #refusal({ header }: Asked): Answer | undefined {
    const early = this.#hour.count();
    if (early > 0) return failure(429, 'Too Many Requests', this.#retryAfter(early));
    if (admits(this.#settings, header('authorization'), header('cookie'))) return undefined;
    return failure(this.#settings.refusalStatus, 'HTTP Token: Access denied.', {
      'www-authenticate': 'Token realm="Application"',
    });
  }

  #retryAfter(ms: number): Record<string, string> {
    const seconds = Math.ceil(ms / 1000);
    if (this.#settings.retryAfter === 'none') return {};
    if (this.#settings.retryAfter === 'seconds') return { 'retry-after': String(seconds) };
    const now = Math.ceil(this.#settings.now() / 1000) * 1000;
    const date = new Date(now).toUTCString();
    return { 'retry-after': new Date(now + seconds * 1000).toUTCString(), date };
  }

  async #letIn(asked: Asked, route: Route | undefined, stream: string | undefined): Promise<Answer> {
    if (!route) return failure(404, 'Not Found');
    if (asked.method !== 'GET') return failure(405, 'Method Not Allowed', { allow: 'GET' });
    const fault = this.#faults.take(stream);
    if (!fault) return this.#right(asked.url, route);
    if (fault.kind === 'slow')
      await wait(fault.ms ?? 1000, undefined, { ref: false, ...(asked.signal && { signal: asked.signal }) });
    return instead(fault) ?? alteredAnswer(fault.kind, this.#answer(asked.url, route, fault));
  }

  /** The answer without a fault: the one given before, where it was kept. */
  #right(url: URL, route: Route): Answer {
    if (route.kind !== 'stream' || route.stream.paging === 'events') return this.#answer(url, route);
    const kept = this.#kept.get(url.href, this.world.seq);
    if (kept) return kept;
    const answer = this.#answer(url, route);
    this.#kept.keep(url.href, answer);
    return answer;
  }

  #answer(url: URL, route: Route, fault?: Fault): Answer {
    if (route.kind === 'job') {
      const row = this.world.table('jobs').row(route.id);
      return row ? json(200, row) : failure(404, 'Not Found');
    }
    const wanted = this.#wanted(url, route, fault);
    const page = this.#page(wanted, route);
    if (!page) return failure(this.#settings.staleStatus, this.#complaint(wanted.query));
    this.#sent.set(url.pathname, page.rows);
    const shown = fault ? alteredPage(fault.kind, page, wanted.query.get('next_batch')) : page;
    return json(200, shown.key === null ? shown.rows : { [shown.key]: shown.rows, ...shown.tokens });
  }

  #wanted(url: URL, route: Route, fault: Fault | undefined): Wanted {
    const key = route.kind === 'stream' ? route.stream.recordsKey : route.kind;
    const wanted: Wanted = { path: url.pathname, key, query: url.searchParams };
    if (fault?.kind === 'empty-page') return { ...wanted, instead: [] };
    if (fault?.kind === 'repeat-page') return { ...wanted, instead: this.#sent.get(url.pathname) ?? [] };
    return wanted;
  }

  #page(wanted: Wanted, route: Exclude<Route, { kind: 'job' }>): Page | undefined {
    const { world } = this;
    if (route.kind === 'work_orders') return this.#pages.list(wanted, workOrdersOf(world, route.id), world.seq);
    if (route.kind === 'statuses') return this.#pages.list(wanted, statusesOf(world, route.id), world.seq);
    const feed = world.feed(route.stream.name);
    if (feed) return this.#pages.events(wanted, feed);
    const table = world.table(route.stream.name);
    if (route.stream.paging === 'list') {
      return this.#pages.list(wanted, (after, since, limit) => table.slice(after, since, limit), world.seq);
    }
    const key = this.#settings.typeConfigurationForm === 'array' ? null : wanted.key;
    return { key, rows: [...world.rows(route.stream.name)], tokens: {} };
  }

  #complaint(query: URLSearchParams): string {
    const kind = TOKEN_KINDS.find((one) => query.get(one));
    return kind ? `${kind} is invalid or has expired` : 'event_token is missing';
  }

  /** The rows or events of a stream as they would be sent now, all of them. Throws a RangeError if there is no such stream. */
  rows(stream: string): Iterable<unknown> {
    return this.world.rows(stream);
  }

  /** Sets cells of a row, moves its `updated_at` and `etag`; an event tells of it. Throws a RangeError if there is no such row. */
  change(stream: string, id: number, fields: Record<string, unknown>): void {
    this.world.change(stream, id, fields);
  }

  /** Adds a row, with made-up cells where `fields` has none; an event tells of it. Gives its id. */
  add(stream: string, fields: Record<string, unknown> = {}): number {
    return this.world.add(stream, fields);
  }

  /** Takes a row out of its list; an event tells of it. Throws a RangeError if there is no such row. */
  remove(stream: string, id: number): void {
    this.world.remove(stream, id);
  }

  /**
   * Lets `changes` things happen, the same ones each time. Gives, for every stream that has tokens, how many distinct rows changed or were added
   * (and so come with the next incremental walk), or how many events.
   */
  evolve(changes: number): Record<string, number> {
    this.#spells += 1;
    return evolve(this.world, changes, this.world.site.dice('evolve', this.#spells));
  }

  /** Makes all tokens of these kinds stale that were given so far. */
  expire(kinds: readonly TokenKind[] = TOKEN_KINDS): void {
    for (const kind of kinds) this.#tokens.expire(kind);
    this.#kept.clear();
  }

  /** Adds a fault for calls to come. */
  fault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }
}
