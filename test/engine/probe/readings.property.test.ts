/** The probe against random readings of the API, with faults, changes and removals in between. */
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { MOST_CALLS } from '#src/engine/probe/call-limit.js';
import { useApi } from '../../support/api.js';
import { MARK, probed, type Probing } from '../../support/probing.js';
import type { Fault } from '#src/simulator/simulator.js';
import { simulated, get } from '../../simulator/client.js';

const isReport = new Ajv({ strict: false });
addFormats.default(isReport);
const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../schemas/reports/probe.json', import.meta.url), 'utf8'),
);

const READINGS = {
  refreshTokenOn: fc.constantFrom('every' as const, 'last' as const),
  refreshTokenMade: fc.constantFrom('start' as const, 'page' as const),
  refreshReturns: fc.constantFrom('changes' as const, 'changes' as const, 'all' as const),
  pages: fc.constantFrom('live' as const, 'frozen' as const),
  eventEnd: fc.constantFrom(
    'empty' as const,
    'repeat-empty' as const,
    'repeat-page' as const,
    'repeat-new' as const,
  ),
  eventStart: fc.constantFrom('beginning' as const, 'refuse' as const),
  staleStatus: fc.constantFrom(400 as const, 404 as const, 410 as const, 422 as const),
  authForm: fc.constantFrom('quoted' as const, 'unquoted' as const, 'both' as const),
  typeConfigurationForm: fc.constantFrom('array' as const, 'object' as const),
};

const SIZES = fc.constantFrom(
  { rows: 4, pageSize: 100 },
  { rows: 20, pageSize: 50 },
  { rows: 60, pageSize: 3 },
  { rows: 120, pageSize: 10 },
  { rows: 600, pageSize: 10 },
);

const RETRY_AFTER = { seconds: '30', date: 'Mon, 03 Feb 2025 12:05:00 GMT', none: undefined };
type RetryAfter = keyof typeof RETRY_AFTER;

function throttling(form: RetryAfter): Fault {
  const value = RETRY_AFTER[form];
  return { kind: 'status', status: 429, ...(value && { headers: { 'retry-after': value } }) };
}

/** A fault, and the form of `Retry-After` if it is a 429. */
const FAULT = fc.record({
  after: fc.nat(38),
  times: fc.integer({ min: 1, max: 5 }),
  limited: fc.option(fc.constantFrom<RetryAfter>('seconds', 'date', 'none')),
  kind: fc.constantFrom<Fault>(
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'garbled' },
    { kind: 'empty' },
    { kind: 'html' },
    { kind: 'cut' },
    { kind: 'reset' },
  ),
});

const CASE = fc.record({
  readings: fc.record(READINGS),
  size: SIZES,
  seed: fc.integer({ min: 1, max: 5 }),
  changesAfter: fc.uniqueArray(fc.integer({ min: 1, max: 36 }), { maxLength: 4 }),
  removeAfter: fc.option(fc.integer({ min: 1, max: 36 }), { nil: undefined }),
  faults: fc.array(FAULT, { maxLength: 3 }),
  hasStart: fc.boolean(),
});
type Case = typeof CASE extends fc.Arbitrary<infer T> ? T : never;

/** The answers that are right under a reading. Null, not seen, is always right. */
function rightAnswers({ readings, faults, hasStart }: Case): Record<string, readonly unknown[]> {
  const { refreshTokenOn, refreshTokenMade, refreshReturns, eventEnd, authForm } = readings;
  const isPage = refreshTokenMade === 'page';
  const made = !isPage ? 'start' : refreshTokenOn === 'last' ? 'last-page' : 'page';
  const differ = isPage && refreshTokenOn === 'every' ? ['differ'] : [];
  // Faults that hit every attempt of two wrong tokens cannot be told from an answer.
  const attempts = faults.reduce((sum, { times, limited }) => sum + (limited ? 0 : times), 0);
  const outage = attempts < 6 ? [] : ['500', '503', 'no-rows'];
  const stale = [String(readings.staleStatus), ...outage];
  const isRefused = readings.eventStart === 'refuse';
  return {
    'auth-form': authForm === 'unquoted' ? ['only-unquoted'] : ['quoted'],
    'refresh-token-place': [refreshTokenOn],
    'refresh-token-made': refreshReturns === 'all' ? differ : [made, ...differ],
    'refresh-returns': [refreshReturns],
    'rows-of-walk': [readings.pages],
    'array-form': [readings.typeConfigurationForm],
    'stale-next-batch': stale,
    'stale-refresh-token': stale,
    'stale-event-token': stale,
    'event-start': isRefused ? ['refuse'] : ['beginning', 'no-events'],
    'event-end': [
      eventEnd,
      ...(['repeat-empty', 'repeat-new'].includes(eventEnd) ? ['repeat-empty-at-once'] : []),
      ...(hasStart && eventEnd.startsWith('repeat-') ? ['repeat-some'] : []),
    ],
    'event-columns': ['same'],
    'retry-after': faults.flatMap(({ limited }) => limited ?? []),
  };
}

/** The last token of a feed. */
async function lastToken({ readings, size, seed }: Case): Promise<string> {
  const open = { eventStart: 'beginning', authForm: 'both' } as const;
  const simulator = simulated({ ...readings, ...size, seed, ...open });
  let { event_token: token = '' } = await get(simulator, '/jobs/events');
  for (;;) {
    const { event_token: next, rows } = await get(simulator, '/jobs/events', {
      event_token: token,
    });
    if (next === undefined || next === token || rows.length === 0) return token;
    token = next;
  }
}

async function probingOf(tenant: Case): Promise<Probing> {
  const { readings, size, seed, changesAfter, removeAfter, faults, hasStart } = tenant;
  return {
    ...readings,
    ...size,
    seed,
    changesAfter,
    ...(removeAfter !== undefined && { removeAfter }),
    ...(hasStart && { eventStartTokens: { job_events: await lastToken(tenant) } }),
    before(simulator) {
      for (const { after, times, limited, kind } of faults)
        simulator.fault({ ...(limited === null ? kind : throttling(limited)), after, times });
    },
  };
}

/** Whether a token was given, or is a given one with another last character. */
function isHarmless(token: string, given: ReadonlySet<string>): boolean {
  if (given.has(token)) return true;
  return [...given].some((one) => one.length === token.length && startOf(one) === startOf(token));
}

function startOf(token: string): string {
  return token.slice(0, -1);
}

// `PROBE_RUNS=1500` takes about two minutes.
const RUNS = Number(process.env['PROBE_RUNS'] ?? 20);

describe('probe under random readings', function () {
  this.timeout(20_000 + RUNS * 1000);
  useApi();

  it('answers rightly or not at all, within its calls, and shows no row and no token', async () => {
    await fc.assert(
      fc.asyncProperty(CASE, async (tenant) => {
        const { found, simulator, traffic, table, json } = await probed(await probingOf(tenant));
        const right = rightAnswers(tenant);
        expect(Object.keys(found)).to.have.members(Object.keys(right));
        for (const [question, id] of Object.entries(found))
          expect([null, ...(right[question] ?? [])], question).to.include(id);
        expect(simulator.calls.length).to.be.at.most(MOST_CALLS);
        expect([...traffic.methods]).to.deep.equal(['GET']);
        const wrong = traffic.sent.filter((token) => !traffic.given.has(token));
        expect(wrong.every((token) => isHarmless(token, traffic.given))).to.equal(true);
        expect(new Set(wrong).size).to.be.at.most(3);
        const shown = `${table}${json}`;
        expect(shown).to.not.include(MARK);
        expect(shown).to.not.match(/simulated-token|--[0-9a-f]{6}/);
        for (const token of traffic.given) expect(shown).to.not.include(token);
        expect(isReport.validate(SCHEMA, JSON.parse(json)), isReport.errorsText()).to.equal(true);
      }),
      { numRuns: RUNS },
    );
  });
});
