import { expect } from 'chai';
import { FormFinder } from '#src/api/authorization.js';
import type { Clock } from '#src/api/clock.js';
import { noEvidence, corrupted } from '#src/engine/probe/evidence.js';
import { CallLimit, MOST_CALLS } from '#src/engine/probe/call-limit.js';
import { probe } from '#src/engine/probe/probe.js';
import { findings } from '#src/engine/probe/questions.js';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { held } from '../../simulator/client.js';
import { clientOf, NOW, useApi } from '../../support/api.js';

/** Lists whose last row changes while the probe runs. */
const CHANGED = ['cities', 'employees', 'contracts', 'jobs'];

interface Probing extends SimulatorOptions {
  /** After which call rows change; none change without. */
  readonly changeAfter?: number;
  readonly maxRetries?: number;
  readonly before?: (simulator: Simulator) => void;
  readonly eventStartTokens?: Readonly<Record<string, string>>;
}

/** Probes a simulator once; time passes with each call. Gives the answers by question. */
async function answers(options: Probing) {
  let time = NOW;
  const { changeAfter, maxRetries = 3, before, eventStartTokens = {}, ...rest } = options;
  const simulator = new Simulator({ callsPerHour: Infinity, ...rest, now: () => time });
  before?.(simulator);
  const clock: Clock = {
    now: () => time,
    sleep: async (ms) => void (time += ms),
  };
  const evidence = noEvidence();
  const limit = new CallLimit();
  const client = clientOf(
    async (request) => {
      time += 2000;
      const response = await simulator.fetch(request);
      if (simulator.calls.length === changeAfter)
        for (const list of CHANGED) {
          const rows = held(simulator, list);
          for (const row of [rows[0], rows.at(-1)])
            simulator.change(list, Number(row?.['id']), { name: 'changed' });
          time += 2000;
        }
      return response;
    },
    limit.signal,
    clock,
    maxRetries,
    {
      onCall: () => limit.count(),
      finder: new FormFinder(undefined, () => undefined),
      onHeaders: (answer) => evidence.attempts.push(answer),
    },
  );
  const probed = await probe({
    evidence,
    eventStartTokens,
    limit,
    get: (stream, path, query) => client.get(stream, path, query),
  });
  const found = Object.fromEntries(findings(evidence).map(({ question, id }) => [question.id, id]));
  return { found, probed, simulator };
}

const SMALL = { rows: 250, pageSize: 10 };

describe('probe', () => {
  useApi();

  it('finds where the refresh token is, when it is made, and what the rows of a walk are', async () => {
    for (const refreshTokenOn of ['every', 'last'] as const)
      for (const refreshTokenMade of ['start', 'page'] as const)
        for (const pages of ['live', 'frozen'] as const) {
          const options = { refreshTokenOn, refreshTokenMade, pages, changeAfter: 15 };
          const { found, probed } = await answers({ ...SMALL, ...options });
          const isLast = refreshTokenOn === 'last' && refreshTokenMade === 'page';
          expect(probed.unasked).to.deep.equal([]);
          expect(found, JSON.stringify(options)).to.deep.include({
            'refresh-token-place': refreshTokenOn,
            'refresh-token-made': isLast ? 'last-page' : refreshTokenMade,
            'rows-of-walk': pages,
            'refresh-returns': 'changes',
          });
        }
  });

  it('finds how a feed ends and begins', async () => {
    for (const eventEnd of ['empty', 'repeat-empty', 'repeat-page', 'repeat-new'] as const) {
      const { found } = await answers({ rows: 20, pageSize: 50, eventEnd });
      expect(found).to.deep.include({ 'event-end': eventEnd, 'event-start': 'beginning' });
    }
    const { found } = await answers({ ...SMALL, eventStart: 'refuse' });
    expect(found).to.deep.include({ 'event-end': null, 'event-start': 'refuse' });
  });

  it('finds the status of wrong tokens and the form of the header', async () => {
    for (const staleStatus of [400, 404, 410, 422] as const) {
      const { found } = await answers({ ...SMALL, staleStatus, authForm: 'unquoted' });
      expect(found).to.deep.include({
        'auth-form': 'unquoted',
        'stale-next-batch': String(staleStatus),
        'stale-refresh-token': String(staleStatus),
        'stale-event-token': String(staleStatus),
      });
    }
  });

  it('finds the form of Retry-After after a rate limit, with faults in between', async () => {
    for (const retryAfter of ['seconds', 'date', 'none'] as const) {
      const { found, simulator } = await answers({
        ...SMALL,
        retryAfter,
        callsPerHour: 30,
        before: (made) => {
          made.fault({ kind: 'status', status: 503, after: 4, times: 1 });
          made.fault({ kind: 'garbled', after: 9, times: 1 });
        },
      });
      expect(found['retry-after']).to.equal(retryAfter);
      expect(simulator.calls.length).to.be.at.most(MOST_CALLS);
    }
  });

  it('says what it cannot see in a small tenant, and never makes too many calls', async () => {
    const { found, simulator } = await answers({ rows: 10 });
    expect(found).to.deep.include({ 'refresh-token-place': null, 'rows-of-walk': null });
    expect(simulator.calls.length).to.be.at.most(MOST_CALLS);
    const large = await answers({ rows: 44_000, changeAfter: 15 });
    expect(large.simulator.calls.length).to.be.at.most(MOST_CALLS);
    expect(large.found).to.deep.include({ 'refresh-token-place': 'every', 'rows-of-walk': 'live' });
  });

  it('changes one character of a copy', () => {
    expect(corrupted('abc--10')).to.equal('abc--11');
    expect(corrupted('abc--1f')).to.equal('abc--10');
  });
});
