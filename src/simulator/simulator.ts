/** A simulated Bolt API: it takes a request and returns a response, without a network. */

import { setTimeout as wait } from 'node:timers/promises';
import { authorizationForm, isAuthorized } from './api/access.js';
import { alterPage, alterResponse, Faults, replaceResponse, type Fault } from './api/faults.js';
import { statusesOfWorkOrder, workOrdersOfJob } from './api/nested.js';
import { Pages, type Page, type PageRequest } from './api/pages.js';
import { RateLimit } from './api/rate-limit.js';
import { ResponseCache } from './api/response-cache.js';
import { Routes, type Route } from './api/routes.js';
import type { SimulatedCall, SimulatedRequest } from './api/simulated-request.js';
import { failure, json, type SimulatedResponse } from './api/simulated-response.js';
import { TOKEN_KINDS, Tokens, type TokenKind } from './api/tokens.js';
import { CONTROL, control } from './control.js';
import { evolve } from './data/evolve.js';
import { computeSizes } from './data/sizes.js';
import { Tenant } from './data/tenant.js';
import { World } from './data/world.js';
import { withDefaults, type Settings, type SimulatorOptions } from './options.js';
import { toWebResponse } from './web-response.js';

export type { Fault, SimulatedCall, SimulatedRequest, SimulatorOptions };

export class Simulator {
  readonly world: World;
  readonly #settings: Settings;
  readonly #tokens: Tokens;
  readonly #pages: Pages;
  readonly #rateLimit: RateLimit;
  readonly #cache: ResponseCache;
  readonly #routes: Routes;
  readonly #faults = new Faults();
  readonly #calls: SimulatedCall[] = [];
  /** The rows that were sent last, by path. */
  readonly #lastRows = new Map<string, readonly unknown[]>();
  #rounds = 0;

  constructor(options: SimulatorOptions = {}) {
    const settings = withDefaults(options);
    const { seed, rows, rowsByStream, streams, now } = settings;
    const tenant = new Tenant(seed, computeSizes(rows, rowsByStream, streams));
    this.#settings = settings;
    this.#tokens = new Tokens(seed);
    this.#pages = new Pages(this.#tokens, settings);
    this.#cache = new ResponseCache(settings.keepPages);
    this.#rateLimit = new RateLimit(settings.callsPerHour, now);
    this.#routes = new Routes(streams);
    this.world = new World({ ...settings, tenant });
  }

  /** All calls so far, including rejected ones. */
  get calls(): readonly SimulatedCall[] {
    return this.#calls;
  }

  /** How long `serve` waits before each response, in ms. */
  get latencyMs(): number {
    return this.#settings.latencyMs;
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
    return toWebResponse(response);
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
    const response =
      this.#checkAccess(request) ?? (await this.#handle(request, route, call.stream));
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

  async #handle(
    request: SimulatedRequest,
    route: Route | undefined,
    stream: string | undefined,
  ): Promise<SimulatedResponse> {
    if (!route) return failure(404, 'Not Found');
    if (request.method !== 'GET') return failure(405, 'Method Not Allowed', { allow: 'GET' });
    const fault = this.#faults.take(stream);
    if (!fault) return this.#respondFromCache(request.url, route);
    if (fault.kind === 'slow')
      await wait(fault.ms ?? 1000, undefined, {
        ref: false,
        ...(request.signal && { signal: request.signal }),
      });
    return (
      replaceResponse(fault) ?? alterResponse(fault.kind, this.#respond(request.url, route, fault))
    );
  }

  /** Responds without a fault, from the cache if possible. */
  #respondFromCache(url: URL, route: Route): SimulatedResponse {
    if (route.kind !== 'stream' || route.stream.paging === 'events')
      return this.#respond(url, route);
    const cached = this.#cache.get(url.href, this.world.seq);
    if (cached) return cached;
    const response = this.#respond(url, route);
    this.#cache.store(url.href, response);
    return response;
  }

  #respond(url: URL, route: Route, fault?: Fault): SimulatedResponse {
    if (route.kind === 'job') {
      const row = this.world.table('jobs').row(route.id);
      return row ? json(200, row) : failure(404, 'Not Found');
    }
    const request = this.#pageRequest(url, route, fault);
    const page = this.#page(request, route);
    if (!page) return failure(this.#settings.staleStatus, this.#describeBadToken(request.query));
    this.#lastRows.set(url.pathname, page.rows);
    const sent = fault ? alterPage(fault.kind, page, request.query.get('next_batch')) : page;
    return json(200, sent.key === null ? sent.rows : { [sent.key]: sent.rows, ...sent.tokens });
  }

  #pageRequest(url: URL, route: Route, fault: Fault | undefined): PageRequest {
    const key = route.kind === 'stream' ? route.stream.recordsKey : route.kind;
    const request: PageRequest = { path: url.pathname, key, query: url.searchParams };
    if (fault?.kind === 'empty-page') return { ...request, replacement: [] };
    if (fault?.kind === 'repeat-page')
      return { ...request, replacement: this.#lastRows.get(url.pathname) ?? [] };
    return request;
  }

  #page(request: PageRequest, route: Exclude<Route, { kind: 'job' }>): Page | undefined {
    const { world } = this;
    if (route.kind === 'work_orders')
      return this.#pages.listPage(request, workOrdersOfJob(world, route.id), world.seq);
    if (route.kind === 'statuses')
      return this.#pages.listPage(request, statusesOfWorkOrder(world, route.id), world.seq);
    const feed = world.feed(route.stream.name);
    if (feed) return this.#pages.eventPage(request, feed);
    const table = world.table(route.stream.name);
    if (route.stream.paging === 'list') {
      return this.#pages.listPage(
        request,
        (after, since, limit) => table.slice(after, since, limit),
        world.seq,
      );
    }
    const key = this.#settings.typeConfigurationForm === 'array' ? null : request.key;
    return { key, rows: [...world.rows(route.stream.name)], tokens: {} };
  }

  #describeBadToken(query: URLSearchParams): string {
    const kind = TOKEN_KINDS.find((one) => query.get(one));
    return kind ? `${kind} is invalid or has expired` : 'event_token is missing';
  }

  /**
   * Returns all rows or events of a stream as they are sent now.
   *
   * @throws RangeError if there is no such stream
   */
  rows(stream: string): Iterable<unknown> {
    return this.world.rows(stream);
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
   * Removes a row and adds an event.
   *
   * @throws RangeError if there is no such row
   */
  remove(stream: string, id: number): void {
    this.world.remove(stream, id);
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
    for (const kind of kinds) this.#tokens.expire(kind);
    this.#cache.clear();
  }

  /** Adds a fault for the next calls. */
  fault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }
}
