/** The tap's real client with a simulator or a function as the API. It opens no socket. */
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { FormFinder } from '#src/api/authorization.js';
import { Budget } from '#src/api/budget.js';
import { Client, type ClientOptions } from '#src/api/client.js';
import type { Clock } from '#src/api/clock.js';
import { Pace } from '#src/api/pace.js';
import { ALONE } from './client.js';

/** When everything happens. */
export const NOW = Date.UTC(2025, 1, 3, 12);

/** Answers a request. */
export type Respond = (request: Request) => Promise<Response> | Response;

let respond: Respond = () => new Response('nobody answers', { status: 500 });
const server = setupServer(http.all('https://bolt.test/*', ({ request }) => respond(request)));

/** Catches the requests of a file's tests. */
export function useApi(): void {
  before(() => server.listen({ onUnhandledRequest: 'error' }));
  after(() => server.close());
}

/** A clock that stands still, but for those who sleep. */
export function stillClock(): Clock {
  let time = NOW;
  return {
    now: () => time,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      time += ms;
    },
  };
}

function noJitter(): number {
  return 0;
}

/** The client of a run, whose calls are answered by `answer`. */
export function clientOf(
  answer: Respond,
  signal: AbortSignal,
  clock: Clock,
  maxRetries = 1,
  { deadline = Infinity, ...overrides }: Partial<ClientOptions> & { deadline?: number } = {},
): Client {
  respond = answer;
  const budget = new Budget({
    callsPerHour: 1_000_000,
    callsPerSecond: Infinity,
    now: clock.now(),
  });
  return new Client({
    root: new URL('https://bolt.test/open/v1'),
    token: 'simulated-token',
    tokenName: 'simulator',
    userAgent: 'test',
    requestTimeoutS: 10,
    firstResponseS: Infinity,
    maxRetries,
    maxResponseMb: 64,
    finder: new FormFinder('quoted', () => undefined),
    pace: new Pace({
      budget,
      clock,
      random: noJitter,
      signal,
      deadline,
      onWait: () => undefined,
      shared: ALONE,
    }),
    budget,
    clock,
    random: noJitter,
    signal,
    onCall: () => undefined,
    ...overrides,
  });
}
