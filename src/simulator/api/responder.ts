/** Makes the responses to authorized requests. */

import { setTimeout as wait } from 'node:timers/promises';
import {
  sliceChildren,
  statusesOfWorkOrder,
  workOrdersOfJob,
  type Children,
} from '../data/children.js';
import type { World } from '../data/world.js';
import { alterPage, alterResponse, replaceResponse, type Fault, type Faults } from './faults.js';
import { Pages, type Page, type PageRequest, type PagingBehavior } from './pages.js';
import { ResponseCache } from './response-cache.js';
import type { Route } from './routes.js';
import type { SimulatedRequest } from './simulated-request.js';
import { failure, json, type SimulatedResponse } from './simulated-response.js';
import { TOKEN_KINDS, Tokens, type TokenKind } from './tokens.js';

export interface ResponderOptions extends PagingBehavior {
  readonly seed: number;
  readonly staleStatus: number;
  readonly typeConfigurationForm: 'array' | 'object';
  /** How many responses to cache. */
  readonly keepPages: number;
}

export class Responder {
  readonly #world: World;
  readonly #faults: Faults;
  readonly #options: ResponderOptions;
  readonly #tokens: Tokens;
  readonly #pages: Pages;
  readonly #cache: ResponseCache;
  /** The rows that were sent last, by path. */
  readonly #lastRows = new Map<string, readonly unknown[]>();

  constructor(world: World, faults: Faults, options: ResponderOptions) {
    this.#world = world;
    this.#faults = faults;
    this.#options = options;
    this.#tokens = new Tokens(options.seed);
    this.#pages = new Pages(this.#tokens, options);
    this.#cache = new ResponseCache(options.keepPages);
  }

  /** Invalidates all existing tokens of some kinds. */
  expire(kinds: readonly TokenKind[]): void {
    for (const kind of kinds) this.#tokens.expire(kind);
    this.#cache.clear();
  }

  /** Responds to a request for a route, with a fault if there is one for it. */
  async respond(request: SimulatedRequest, route: Route | undefined): Promise<SimulatedResponse> {
    if (!route) return failure(404, 'Not Found');
    if (request.method !== 'GET') return failure(405, 'Method Not Allowed', { allow: 'GET' });
    const fault = this.#faults.take(route.kind === 'stream' ? route.stream.name : undefined);
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
    const cached = this.#cache.get(url.href, this.#world.seq);
    if (cached) return cached;
    const response = this.#respond(url, route);
    this.#cache.store(url.href, response);
    return response;
  }

  #respond(url: URL, route: Route, fault?: Fault): SimulatedResponse {
    if (route.kind === 'job') {
      const row = this.#world.table('jobs').row(route.id);
      return row ? json(200, row) : failure(404, 'Not Found');
    }
    const request = this.#pageRequest(url, route, fault);
    const page = this.#page(request, route);
    if (!page) return failure(this.#options.staleStatus, this.#describeBadToken(request.query));
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
    const world = this.#world;
    if (route.kind === 'work_orders')
      return this.#childPage(request, 'work_orders', workOrdersOfJob(world.tenant, route.id));
    if (route.kind === 'statuses')
      return this.#childPage(
        request,
        'work_order_statuses',
        statusesOfWorkOrder(world.tenant, route.id),
      );
    const feed = world.feed(route.stream.name);
    if (feed) return this.#pages.eventPage(request, feed);
    const table = world.table(route.stream.name);
    if (route.stream.paging === 'list') {
      return this.#pages.listPage(
        request,
        (after, since, limit, at) => table.slice(after, since, limit, at),
        world.seq,
      );
    }
    const key = this.#options.typeConfigurationForm === 'array' ? null : request.key;
    return { key, rows: [...world.rows(route.stream.name)], tokens: {} };
  }

  #childPage(request: PageRequest, list: string, children: Children): Page | undefined {
    const world = this.#world;
    return this.#pages.listPage(request, sliceChildren(world.table(list), children), world.seq);
  }

  #describeBadToken(query: URLSearchParams): string {
    const kind = TOKEN_KINDS.find((one) => query.get(one));
    return kind ? `${kind} is invalid or has expired` : 'event_token is missing';
  }
}
