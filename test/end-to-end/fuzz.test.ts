import { Writable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { FormFinder } from '#src/api/authorization.js';
import { Budget } from '#src/api/budget.js';
import { discover } from '#src/catalog/discover.js';
import { exitCodeOfReport } from '#src/cli/exit-code.js';
import { Client } from '#src/api/client.js';
import { StopError } from '#src/errors.js';
import type { Log } from '#src/terminal/log.js';
import type { Clock } from '#src/api/clock.js';
import { Pace } from '#src/api/pace.js';
import { plan } from '#src/catalog/plan.js';
import type { SyncReport } from '#src/reports/report.js';
import { sync } from '#src/engine/sync.js';
import { createValidator } from '#src/catalog/validator.js';
import { Writer } from '#src/singer/writer.js';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const ROOT = 'https://bolt.test/open/v1';
const LIST = [
  'jobs',
  'events',
  'accounting_invoices',
  'work_orders',
  'cities',
  'job_type_configuration',
];

const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  metric: () => undefined,
};

/** Answers of any kind, among them many that look almost right. */
const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.oneof(
    { weight: 6, arbitrary: fc.constant(200) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        201,
        204,
        301,
        302,
        304,
        400,
        401,
        403,
        404,
        410,
        422,
        429,
        500,
        503,
      ),
    },
    { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
  ),
  headers: fc.dictionary(
    fc.constantFrom(
      'retry-after',
      'content-type',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'location',
      'etag',
    ),
    fc.oneof(fc.integer().map(String), fc.stringMatching(/^[\x21-\x7e]{0,20}$/)),
    { maxKeys: 3 },
  ),
  body: fc.oneof(
    { weight: 2, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
    {
      weight: 5,
      arbitrary: fc
        .record(
          {
            rows: fc.oneof(
              fc.array(fc.oneof(row(), fc.jsonValue()), { maxLength: 5 }),
              fc.jsonValue(),
            ),
            next_batch: token(),
            refresh_token: token(),
            event_token: token(),
          },
          { requiredKeys: ['rows'] },
        )
        .map(({ rows, ...tokens }) =>
          JSON.stringify({ ...Object.fromEntries(LIST.map((name) => [name, rows])), ...tokens }),
        ),
    },
  ),
});

function token(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constant(null),
    fc.constantFrom('', 'a', 'b', 'c+/='),
    fc.string(),
    fc.jsonValue(),
  );
}

function row(): fc.Arbitrary<unknown> {
  return fc.dictionary(
    fc.constantFrom('id', 'job_type_id', 'created_at', 'event', 'job', 'name', 'active'),
    fc.jsonValue(),
  );
}

/** A clock that no time passes on but what is slept. */
function jumpingClock(): Clock {
  let now = Date.UTC(2026, 0, 5);
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      now += ms;
    },
  };
}

/** A run over a few streams whose calls get these responses in this order, then empty ones. */
async function runWith(answers: readonly Answer[]): Promise<{ report: SyncReport; text: string }> {
  const rest = [...answers];
  const server = setupServer(
    http.get(`${ROOT}/*`, () => {
      const { status, headers, body } = rest.shift() ?? { status: 404, headers: {}, body: '' };
      const hasBody = ![204, 205, 304].includes(status);
      return new HttpResponse(hasBody ? body : null, { status, headers });
    }),
  );
  server.listen({ onUnhandledRequest: 'error' });
  try {
    const clock = jumpingClock();
    const stop = new AbortController();
    const budget = new Budget({ callsPerHour: 900, callsPerSecond: 5, now: clock.now() });
    const pace = new Pace({
      budget,
      clock,
      random: () => 0.5,
      signal: stop.signal,
      deadline: clock.now() + 30 * 24 * 3_600_000,
      onWait: () => undefined,
      shared: { take: () => true, reserve: async () => ({ ms: 0, why: '' }) },
    });
    const client = new Client({
      root: new URL(ROOT),
      token: 'fuzz',
      userAgent: 'test',
      requestTimeoutS: 5,
      firstResponseS: Infinity,
      maxRetries: 2,
      maxResponseMb: 1,
      finder: new FormFinder('quoted', () => undefined),
      pace,
      budget,
      clock,
      random: () => 0.5,
      signal: stop.signal,
      onCall: () => undefined,
    });
    let text = '';
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    });
    const report = await sync({
      plan: plan(discover(), {
        streams: ['cities', 'invoices', 'job_type_configuration', 'jobs', 'job_events'],
      }),
      state: {
        bookmarks: {
          jobs: { refresh_token: 'r', next_batch: 'n' },
          job_events: { event_token: 'e' },
        },
      },
      fullRefresh: [],
      concurrency: 2,
      maxRejectedShare: 0.1,
      eventStartTokens: {},
      validator: createValidator(),
      get: (stream, path, query) => client.get(stream, path, query),
      writer: new Writer(output),
      log: silent,
      now: () => clock.now(),
      signal: stop.signal,
    });
    stop.abort(new StopError('over'));
    return { report, text };
  } finally {
    server.close();
  }
}

/** What is wrong with an output as Singer messages, or null. */
function faultOf(text: string): string | null {
  const schemas = new Map<string, (value: unknown) => boolean>();
  const validator = createValidator();
  let last = '';
  if (!text.endsWith('\n')) return 'the last line is not whole';
  for (const line of text.trimEnd().split('\n')) {
    const message = JSON.parse(line) as {
      type: string;
      stream: string;
      schema: object;
      record: object;
      value: object;
    };
    last = message.type;
    if (message.type === 'SCHEMA') schemas.set(message.stream, validator({ ...message.schema }));
    else if (message.type === 'RECORD') {
      const check = schemas.get(message.stream);
      if (!check) return `a RECORD of ${message.stream} before its SCHEMA`;
      if (!check(message.record))
        return `a RECORD of ${message.stream} that its SCHEMA does not allow: ${line}`;
    } else if (message.type !== 'STATE' || typeof message.value !== 'object')
      return `no Singer message: ${line}`;
  }
  return last === 'STATE' ? null : `the last line is a ${last}`;
}

describe('any answers whatever', function () {
  this.timeout(60_000);

  it('end the run with a documented code and valid messages', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAnswer, { maxLength: 25 }), async (answers) => {
        const { report, text } = await runWith(answers);
        expect([0, 1, 3]).to.include(exitCodeOfReport(report));
        expect(faultOf(text)).to.equal(null);
        for (const { outcome, error } of report.streams) {
          if (outcome === 'failed') expect(error).to.be.instanceOf(Error);
          expect(String(error)).not.to.match(/TypeError|RangeError|ReferenceError/);
        }
      }),
      { numRuns: Number(process.env['FUZZ'] ?? 150) },
    );
  });
});
