import { expect } from 'chai';
import { corrupted } from '#src/engine/probe/evidence.js';
import { MOST_CALLS } from '#src/engine/probe/call-limit.js';
import { useApi } from '../../support/api.js';
import { probed } from '../../support/probing.js';

const SMALL = { rows: 60, pageSize: 3 };

describe('probe', () => {
  useApi();

  it('finds where the refresh token is, when it is made, and what a walk shows', async () => {
    for (const refreshTokenOn of ['every', 'last'] as const)
      for (const refreshTokenMade of ['start', 'page'] as const)
        for (const pages of ['live', 'frozen'] as const) {
          const options = { refreshTokenOn, refreshTokenMade, pages, changesAfter: [15] };
          const { found, unasked } = await probed({ ...SMALL, ...options });
          const isLast = refreshTokenOn === 'last' && refreshTokenMade === 'page';
          expect(unasked).to.deep.equal([]);
          expect(found, JSON.stringify(options)).to.deep.include({
            'refresh-token-place': refreshTokenOn,
            'refresh-token-made': isLast ? 'last-page' : refreshTokenMade,
            'rows-of-walk': pages,
            'refresh-returns': 'changes',
          });
        }
  });

  it('finds that a refresh token brings everything, and then says nothing of its time', async () => {
    for (const refreshTokenOn of ['every', 'last'] as const)
      for (const refreshTokenMade of ['start', 'page'] as const) {
        const options = { refreshTokenOn, refreshTokenMade, refreshReturns: 'all' as const };
        const { found } = await probed({ ...SMALL, ...options, changesAfter: [15] });
        const isDiffering = refreshTokenOn === 'every' && refreshTokenMade === 'page';
        expect(found, JSON.stringify(options)).to.deep.include({
          'refresh-returns': 'all',
          'refresh-token-made': isDiffering ? 'differ' : null,
        });
      }
  });

  it('finds how a feed ends and begins', async () => {
    for (const eventEnd of ['empty', 'repeat-empty', 'repeat-page', 'repeat-new'] as const) {
      const { found } = await probed({ rows: 20, pageSize: 50, eventEnd });
      expect(found).to.deep.include({ 'event-end': eventEnd, 'event-start': 'beginning' });
    }
    const { found } = await probed({ ...SMALL, eventStart: 'refuse' });
    expect(found).to.deep.include({ 'event-end': null, 'event-start': 'refuse' });
  });

  it('finds the status of wrong tokens and the form of the header', async () => {
    for (const staleStatus of [400, 404, 410, 422] as const)
      for (const authForm of ['quoted', 'unquoted', 'both'] as const) {
        const { found } = await probed({ ...SMALL, staleStatus, authForm });
        expect(found).to.deep.include({
          'auth-form': authForm === 'unquoted' ? 'only-unquoted' : 'quoted',
          'stale-next-batch': String(staleStatus),
          'stale-refresh-token': String(staleStatus),
          'stale-event-token': String(staleStatus),
        });
      }
  });

  it('says only of the form it used that it works', async () => {
    const { found } = await probed({ ...SMALL, remembered: 'unquoted' });
    expect(found).to.deep.include({ 'auth-form': 'unquoted' });
    const changed = await probed({ ...SMALL, remembered: 'unquoted', authForm: 'quoted' });
    expect(changed.found).to.deep.include({ 'auth-form': 'only-quoted' });
  });

  it('finds the form of job_type_configuration', async () => {
    for (const typeConfigurationForm of ['array', 'object'] as const) {
      const { found } = await probed({ ...SMALL, typeConfigurationForm });
      expect(found['array-form']).to.equal(typeConfigurationForm);
    }
  });

  it('finds the form of Retry-After after a rate limit, with faults in between', async () => {
    for (const retryAfter of ['seconds', 'date', 'none'] as const) {
      const { found, simulator } = await probed({
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

  it('says what it cannot see in a small tenant, and answers the rest', async () => {
    for (const refreshReturns of ['changes', 'all'] as const) {
      const { found, simulator } = await probed({ rows: 10, refreshReturns });
      expect(found).to.deep.include({
        'refresh-token-place': null,
        'rows-of-walk': null,
        'refresh-returns': refreshReturns,
        'stale-next-batch': null,
        'stale-refresh-token': '422',
      });
      expect(simulator.calls.length).to.be.at.most(MOST_CALLS);
    }
  });

  it('finds the place and the time of the refresh token in a large tenant', async () => {
    const { found, simulator } = await probed({ rows: 44_000, changesAfter: [15] });
    expect(simulator.calls.length).to.be.at.most(MOST_CALLS);
    expect(found).to.deep.include({
      'refresh-token-place': 'every',
      'refresh-token-made': 'page',
      'rows-of-walk': 'live',
    });
  });

  it('sends the refresh token of a list whose rows tell when they changed', async () => {
    // Crews have more rows, without updated_at.
    const rowsByStream = { crews: 90, offices: 4 };
    const sizes = { rows: 1000, pageSize: 100, rowsByStream, refreshTokenOn: 'last' } as const;
    const { found } = await probed({ ...sizes, refreshReturns: 'all' });
    expect(found['refresh-returns']).to.equal('all');
  });

  it('changes one character of a copy', () => {
    expect(corrupted('abc--10')).to.equal('abc--11');
    expect(corrupted('abc--1f')).to.equal('abc--10');
  });
});
