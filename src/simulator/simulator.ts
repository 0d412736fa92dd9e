/** A simulated Bolt API: it takes a request and returns a response, without a network. */

import { authorizationForm, isAuthorized } from './api/access.js';
import { Faults, type Fault } from './api/faults.js';
import { RateLimit } from './api/rate-limit.js';
import { Responder } from './api/responder.js';
import { Routes } from './api/routes.js';
import type { SimulatedCall, SimulatedRequest } from './api/simulated-request.js';
import { failure, type SimulatedResponse } from './api/simulated-response.js';
import { TOKEN_KINDS, type TokenKind } from './api/tokens.js';
import { CONTROL, control } from './control.js';
import { evolve } from './data/evolve.js';
import { appendBadEvent, type EventDefect } from './data/bad-events.js';
import { computeSizes } from './data/sizes.js';
import { statesOf, type RowState } from './data/states.js';
import { Tenant } from './data/tenant.js';
import { World, type RestoreOptions } from './data/world.js';
import { withDefaults, type Settings, type SimulatorOptions } from './options.js';
import { toWebResponse } from './web-response.js';

export type { EventDefect, Fault, RowState, SimulatedCall, SimulatedRequest, SimulatorOptions };

export class Simulator {
  readonly world: World;
  readonly #settings: Settings;
  readonly #responder: Responder;
  readonly #rateLimit: RateLimit;
  readonly #routes: Routes;
  readonly #faults = new Faults();
  readonly #calls: SimulatedCall[] = [];
  #rounds = 0;

  constructor(options: SimulatorOptions = {}) {
    const settings = withDefaults(options);
    const { seed, rows, rowsByStream, streams, now } = settings;
    const tenant = new Tenant(seed, computeSizes(rows, rowsByStream, streams));
    this.#settings = settings;
    this.#rateLimit = new RateLimit(settings.callsPerHour, now);
    this.#routes = new Routes(streams);
    this.world = new World({ ...settings, tenant });
    this.#responder = new Responder(this.world, this.#faults, settings);
  }

  /** All calls so far, including rejected ones. */
  get calls(): readonly SimulatedCall[] {
    return this.#calls;
  }

  /** How long `serve` waits before each response, in ms. */
  get latencyMs(): number {
    return this.#settings.latencyMs;
  }

  /** The server's time as the `Date` header of each response has it: events may be 1 s later. */
  get date(): string {
    return new Date(this.world.time).toUTCString();
  }

  /** Handles a web request. Throws an AbortError if its signal aborts while a fault delays it. */
  async fetch(request: Request): Promise<Response> {
    const response = await this.answer({
      method: request.method,
      url: new URL(request.url),
      header: (name) => request.headers.get(name),
      body: () => request.text(),
      signal: request.signal,
    });
    return toWebResponse({ ...response, headers: { date: this.date, ...response.headers } });
  }

  /** Same as `fetch`, for servers that write the response themselves. */
  async answer(request: SimulatedRequest): Promise<SimulatedResponse> {
    const { pathname, searchParams } = request.url;
    if (pathname.startsWith(CONTROL)) return control(this, request.method, pathname, request.body);
    const route = this.#routes.find(pathname);
    const call: SimulatedCall = {
      time: this.#settings.now(),
      path: pathname,
      stream: route?.kind === 'stream' ? route.stream.name : undefined,
      query: Object.fromEntries(searchParams),
      authorization: authorizationForm(request.header('authorization')),
      status: 0,
    };
    this.#calls.push(call);
    const response = this.#checkAccess(request) ?? (await this.#responder.respond(request, route));
    if (response.broken !== 'reset') call.status = response.status;
    return response;
  }

  #checkAccess({ header }: SimulatedRequest): SimulatedResponse | undefined {
    const waitMs = this.#rateLimit.countCall();
    if (waitMs > 0) return failure(429, 'Too Many Requests', this.#retryAfter(waitMs));
    if (isAuthorized(this.#settings, header('authorization'), header('cookie'))) return undefined;
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

  /**
   * Returns all rows or events of a stream as they are sent now. Here and below, a stream can also
   * be `work_order_statuses`, which has a feed but no list.
   *
   * @throws RangeError if there is no such stream
   */
  rows(stream: string): Iterable<unknown> {
    return this.world.rows(stream);
  }

  /**
   * Returns the newest state of each row that the feed of a stream has an event about, by id.
   * Events that `appendEvent` and `appendBadEvent` added do not count.
   *
   * @throws RangeError if there is no such stream, or if it has no feed
   */
  states(stream: string): ReadonlyMap<number, RowState> {
    return statesOf(this.world, stream);
  }

  /**
   * Sets cells of a row, updates its `updated_at` and `etag`, and adds an event.
   *
   * @throws RangeError if there is no such row
   */
  change(stream: string, id: number, fields: Record<string, unknown>): void {
    this.world.change(stream, id, fields);
  }

  /**
   * Adds a row and an event.
   *
   * @param fields the row's cells; the others are made up
   * @returns the id of the row
   * @throws RangeError if there is no such list
   */
  add(stream: string, fields: Record<string, unknown> = {}): number {
    return this.world.add(stream, fields);
  }

  /**
   * Removes a row and adds a `destroy` event. The statuses of a work order are removed first.
   *
   * @throws RangeError if there is no such row
   */
  remove(stream: string, id: number): void {
    this.world.remove(stream, id);
  }

  /**
   * Restores a removed row under its id, and adds a `create` event. A work order also comes back as
   * a schedule if it was one, and with the statuses that were removed with it.
   *
   * @param fields cells that differ from the row as it last was
   * @throws RangeError if there is no such removed row
   */
  restore(
    stream: string,
    id: number,
    fields: Record<string, unknown> = {},
    options: RestoreOptions = {},
  ): void {
    this.world.restore(stream, id, fields, options);
  }

  /**
   * Appends an event to a feed. The rows stay as they are.
   *
   * @param event an object gets the id, the author and the time of an event unless it has its own;
   *   anything else is sent as it is
   * @throws RangeError if there is no such feed
   */
  appendEvent(feed: string, event: unknown): void {
    this.world.appendEvent(feed, event);
  }

  /**
   * Appends an event with a defect to the feed of a stream. The row stays as it is.
   *
   * @throws RangeError if there is no such row, or if the stream has no feed
   */
  appendBadEvent(stream: string, id: number, defect: EventDefect): void {
    appendBadEvent(this.world, stream, id, defect);
  }

  /**
   * Makes random changes; the same seed gives the same changes.
   *
   * @returns how many rows each list sends in the next incremental walk, and how many events each
   *   feed has more; streams without tokens are not included
   */
  evolve(changes: number): Record<string, number> {
    this.#rounds += 1;
    return evolve(this.world, changes, this.#rounds);
  }

  /** Invalidates all existing tokens of some kinds. Default: all kinds. */
  expire(kinds: readonly TokenKind[] = TOKEN_KINDS): void {
    this.#responder.expire(kinds);
  }

  /** Adds a fault for the next calls. */
  fault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }
}
