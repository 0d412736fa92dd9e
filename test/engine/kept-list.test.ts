import { expect } from 'chai';
import { defaultPlan } from '#src/catalog/plan.js';
import { createValidator } from '#src/catalog/validator.js';
import { feedOf, KeptList } from '#src/engine/kept-list.js';
import { readListEvent } from '#src/engine/list-event.js';
import { RecentRows } from '#src/engine/recent-rows.js';
import { StreamLines } from '#src/engine/stream-lines.js';
import type { Page } from '#src/engine/walk.js';
import { newReport, type StreamOutcome } from '#src/reports/report.js';
import { EVENTS_MARGIN_MS, type Bookmark } from '#src/singer/state.js';
import { NOW } from '../support/api.js';
import { messagesOf } from '../support/messages.js';
import { keptLog } from '../support/run.js';

/** An ISO time, some minutes after `NOW`. */
function at(minutes: number): string {
  return new Date(NOW + minutes * 60_000).toISOString();
}

function event(kind: string, id: number, minutes: number, snapshot = 'job'): unknown {
  return { event: kind, created_at: at(minutes), [snapshot]: { id, updated_at: at(minutes) } };
}

function page(rows: readonly unknown[], event_token = 'next', last_page = 'print'): Page {
  return { rows, size: 0, arrivedAt: NOW + 3_600_000, bookmark: { event_token, last_page } };
}

interface Options {
  readonly stream?: 'jobs' | 'schedules' | 'work_order_statuses';
  readonly bookmark?: Bookmark;
  readonly feedBookmark?: Bookmark;
  readonly outcome?: StreamOutcome;
}

/** A list whose own rows are written, unless another outcome is given. */
function kept({
  stream = 'jobs',
  bookmark = { refresh_token: 'r', events_token: 'e', events_at: at(0) },
  feedBookmark = {},
  outcome = 'complete',
}: Options = {}): KeptList {
  const planned = defaultPlan([stream]).streams[0]!;
  const report = newReport(stream, bookmark, 'incremental');
  report.outcome = outcome;
  const { log } = keptLog();
  const validator = createValidator();
  const lines = new StreamLines({
    planned,
    rejected: null,
    maxRejectedShare: 1,
    validator,
    log,
    report,
  });
  const feed = feedOf(planned)!;
  return new KeptList({ planned, feed, lines, report, bookmark, feedBookmark });
}

/** The rows that lines are about: their ids, and whether they are marked. */
function rowsOf(lines: readonly string[] | null): unknown[] {
  return messagesOf((lines ?? []).join('')).flatMap((message) =>
    message.type === 'RECORD'
      ? [[message.record['id'], message.record['deleted_at'] !== null]]
      : [],
  );
}

describe('a kept list', () => {
  it('is at a bookmark of the feed only if token and page are the same', () => {
    const list = kept({ bookmark: { events_token: 'e', events_page: 'p' } });
    expect(list.isAt({ event_token: 'e', last_page: 'p' })).to.equal(true);
    expect(list.isAt({ event_token: 'e', last_page: 'q' })).to.equal(false);
    expect(list.isAt({ event_token: 'f', last_page: 'p' })).to.equal(false);
  });

  it("begins at the feed's bookmark, ten minutes before its first walk, and only once", () => {
    const list = kept({ bookmark: {}, feedBookmark: { event_token: 'f', last_page: 'p' } });
    const first = { ...page([]), serverTime: NOW };
    expect(list.begin(first)).to.equal(true);
    const position = {
      events_token: 'f',
      events_page: 'p',
      events_since: new Date(NOW - EVENTS_MARGIN_MS).toISOString(),
    };
    expect(list.position).to.deep.equal(position);
    expect(list.begin({ ...first, serverTime: NOW + 1e6 })).to.equal(false);
    expect(list.position).to.deep.equal(position);
  });

  it('takes no event before it begins, nor those before the time of its first walk', () => {
    const list = kept({ bookmark: {} });
    expect(list.take(page([event('destroy', 1, 0)]))).to.equal(null);
    list.begin({ ...page([]), serverTime: NOW });
    const events = [event('destroy', 1, -11), event('destroy', 2, -9), event('destroy', 3, 1)];
    expect(rowsOf(list.take(page(events)))).to.deep.equal([
      [2, true],
      [3, true],
    ]);
  });

  it('keeps its position if events come while its own walk is not complete', () => {
    const list = kept({ outcome: 'failed' });
    const { position } = list;
    expect(list.take(page([event('destroy', 1, 1)]))).to.equal(null);
    expect(list.position).to.deep.equal(position);
    // A page without events says nothing about rows.
    expect(list.take(page([]))).to.deep.equal([]);
    expect(list.position).to.include({ events_token: 'next' });
  });

  it('moves with the events, but never to a time after their response', () => {
    const list = kept();
    list.take(page([event('update', 1, 5), event('update', 2, 1e6)]));
    expect(list.position).to.deep.equal({
      events_token: 'next',
      events_page: 'print',
      events_at: at(60),
    });
  });

  it('has the position of the feed at its end, and the time of the last event or first walk', () => {
    const list = kept();
    list.take(page([event('update', 1, 5)], 'a'));
    list.end({ event_token: 'b' });
    expect(list.position).to.deep.equal({ events_token: 'b', events_at: at(5) });
    const fresh = kept({ bookmark: {} });
    fresh.begin({ ...page([]), serverTime: NOW });
    fresh.end({});
    expect(fresh.position).to.deep.equal({ events_at: at(-10) });
  });

  it('is made from its feed without a beginning, if no list provides it', () => {
    const list = kept({ stream: 'work_order_statuses', bookmark: {}, outcome: 'skipped' });
    const events = [event('create', 1, 1, 'status'), event('destroy', 1, 2, 'status')];
    expect(rowsOf(list.take(page(events)))).to.deep.equal([
      [1, false],
      [1, true],
    ]);
  });

  it('does not write what its own walk brought, nor anything older', () => {
    const list = kept();
    const record = { id: 1, updated_at: at(5) };
    list.note(record);
    expect(rowsOf(list.take(page([event('update', 1, 4)])))).to.deep.equal([]);
    expect(rowsOf(list.take(page([event('update', 1, 6)])))).to.deep.equal([[1, false]]);
    expect(rowsOf(list.take(page([event('destroy', 1, 7)])))).to.deep.equal([[1, true]]);
    expect(rowsOf(list.take(page([event('create', 1, 4)])))).to.deep.equal([[1, false]]);
  });
});

describe('a list with deletions only', () => {
  const schedules = (): KeptList => kept({ stream: 'schedules' });
  const about = (kind: string, id: number, minutes = 1): unknown =>
    event(kind, id, minutes, 'work_order');

  it('holds deletions back until the end of the feed, and its position with them', () => {
    const list = schedules();
    const events = [about('destroy', 1), about('destroy', 2), about('update', 3)];
    expect(list.take(page(events))).to.deep.equal([]);
    expect(list.position).to.include({ events_token: 'e' });
    // The second one is restored.
    expect(list.take(page([about('create', 2, 2)], 'later'))).to.deep.equal([]);
    expect(list.position).to.include({ events_token: 'e' });
    expect(rowsOf(list.end({ event_token: 'end' }))).to.deep.equal([[1, true]]);
    expect(list.position).to.include({ events_token: 'end', events_at: at(2) });
    expect(list.end({ event_token: 'end' })).to.deep.equal([]);
  });

  it('says nothing about a written row without a key, which need not be one of its rows', () => {
    const list = schedules();
    const rows = ['update', 'destroy'].map((kind) => ({
      event: kind,
      created_at: at(1),
      work_order: { job_number: 1 },
    }));
    list.take(page(rows));
    expect(list.report).to.include({ rejected: 1, deleted: 0, rows: 0 });
  });

  it('moves on if nothing is held back any more', () => {
    const list = schedules();
    list.take(page([about('destroy', 1)]));
    expect(list.take(page([about('create', 1, 2)], 'later'))).to.deep.equal([]);
    expect(list.position).to.include({ events_token: 'later' });
  });

  it('writes all of them if they are more than 10,000', () => {
    const list = schedules();
    const ids = Array.from({ length: 10_001 }, (_, place) => place + 1);
    const first = ids.slice(0, 10_000).map((id) => about('destroy', id));
    expect(list.take(page(first))).to.deep.equal([]);
    expect(list.take(page([about('destroy', 10_001)], 'later'))).to.have.length(10_001);
    expect(list.position).to.include({ events_token: 'later' });
    expect(list.end({})).to.deep.equal([]);
  });
});

describe('an event of a list', () => {
  const feed = feedOf(defaultPlan(['jobs']).streams[0]!)!;
  const job = { id: 1 };
  const created_at = at(0);

  it('deletes a row, with its time, or writes it', () => {
    expect(readListEvent(feed, { event: 'destroy', created_at, job })).to.deep.equal({
      kind: 'deleted',
      row: job,
      deletedAt: at(0),
    });
    for (const kind of ['create', 'update'])
      expect(readListEvent(feed, { event: kind, job }), kind).to.deep.equal({
        kind: 'written',
        row: job,
        deletedAt: null,
      });
  });

  for (const [what, unusable] of Object.entries({
    'that is not an object': 'destroy',
    'that is null': null,
    'of an unknown kind': { event: 'archive', created_at, job },
    'without a kind': { created_at, job },
    'whose row is not an object': { event: 'destroy', created_at, job: 'one' },
    'without a row': { event: 'destroy', created_at },
    'of a deletion without a time': { event: 'destroy', job },
    'of a deletion at a time that cannot be read': { event: 'destroy', created_at: 'soon', job },
  }))
    it(`says nothing certain if it is one ${what}`, () => {
      expect(readListEvent(feed, unusable)).to.include({ kind: 'unusable' });
    });
});

describe('the rows that a run has emitted', () => {
  it('are known, and older copies of them; not newer ones, nor others of the same time', () => {
    const recent = new RecentRows(['id']);
    recent.note({ id: 1, updated_at: at(5), notes: 'a' });
    expect(recent.isKnown({ id: 1, updated_at: at(5), notes: 'a' })).to.equal(true);
    expect(recent.isKnown({ id: 1, updated_at: at(4), notes: 'b' })).to.equal(true);
    expect(recent.isKnown({ id: 1, updated_at: at(5), notes: 'b' })).to.equal(false);
    expect(recent.isKnown({ id: 1, updated_at: at(6), notes: 'a' })).to.equal(false);
    expect(recent.isKnown({ id: 2, updated_at: at(5), notes: 'a' })).to.equal(false);
  });

  it('are not known once they were deleted', () => {
    const recent = new RecentRows(['id']);
    recent.note({ id: 1, updated_at: at(5) });
    recent.noteDeleted({ id: 1, updated_at: at(5) });
    expect(recent.isKnown({ id: 1, updated_at: at(5) })).to.equal(false);
  });

  it('are remembered within bounds', () => {
    const recent = new RecentRows(['id']);
    for (let id = 0; id <= 5000; id += 1) recent.note({ id });
    expect(recent.isKnown({ id: 4999 })).to.equal(true);
    expect(recent.isKnown({ id: 5000 })).to.equal(false);
    // Behind the bound, any row may have been deleted.
    for (let id = 10_000; id < 110_000; id += 1) recent.noteDeleted({ id });
    expect(recent.isKnown({ id: 1 })).to.equal(false);
  });
});
