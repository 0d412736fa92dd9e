import { expect } from 'chai';
import { discover, type Catalog } from '#src/catalog/discover.js';
import { DataError } from '#src/errors.js';
import { StreamLines } from '#src/engine/stream-lines.js';
import { plan } from '#src/catalog/plan.js';
import { rejectedRow } from '#src/shape/rejected.js';
import { newReport, type StreamReport } from '#src/reports/report.js';
import { REJECTED, RESCUED } from '#src/streams.js';
import { createValidator } from '#src/catalog/validator.js';
import { messagesOf, recordsOf, type Message } from '../support/messages.js';
import { ARRIVED } from '../support/pages.js';
import { keptLog } from '../support/run.js';

/** A catalog of `cities` and `rejected_records`. */
function catalogOf(change: (catalog: Catalog) => void = () => undefined): Catalog {
  const { streams } = discover();
  const catalog = {
    streams: streams.filter(({ stream }) => stream === 'cities' || stream === REJECTED),
  };
  change(catalog);
  return catalog;
}

interface Made {
  readonly lines: StreamLines;
  readonly report: StreamReport;
  readonly said: readonly string[];
  readonly page: (...rows: readonly unknown[]) => Message[];
}

function make(catalog = catalogOf(), maxRejectedShare = 1): Made {
  const { log, said } = keptLog();
  const { streams, rejected } = plan(catalog);
  const report = newReport('cities', {});
  const validator = createValidator();
  const lines = new StreamLines({
    planned: streams[0]!,
    rejected,
    maxRejectedShare,
    validator,
    log,
    report,
  });
  const page = (...rows: readonly unknown[]): Message[] =>
    messagesOf(lines.page({ rows, size: 0, arrivedAt: ARRIVED, bookmark: {} }).join(''));
  return { lines, report, said, page };
}

const good = { id: 1, name: 'Austin' };
const bad = { id: 2, updated_at: '0000-00-00' };

/** A hundred rows, so many of them with two faults. */
function hundred(unfit: number): unknown[] {
  return Array.from({ length: 100 }, (_, index) =>
    index < unfit ? { ...bad, id: index, created_at: '?' } : good,
  );
}

describe('StreamLines', () => {
  it('makes a RECORD a row, then one a rejection, and counts them', () => {
    const { page, report } = make();
    const messages = page(good, bad, null, { name: 'hush' });
    expect(messages.map((message) => message.type === 'RECORD' && message.stream)).to.deep.equal([
      'cities',
      'cities',
      REJECTED,
      REJECTED,
      REJECTED,
    ]);
    expect(report).to.include({ rows: 2, rejected: 3, pages: 1 });
    const [record] = recordsOf(messages, 'cities');
    expect(record).to.deep.equal({
      id: 1,
      name: 'Austin',
      state: null,
      created_at: null,
      updated_at: null,
      etag: null,
    });
    expect(messages[0]).to.include({ time_extracted: '2025-01-31T00:00:00.000Z' });
    expect(
      recordsOf(messages, REJECTED).map(({ record_key, field, value }) => [
        record_key,
        field,
        value,
      ]),
    ).to.deep.equal([
      ['2', 'updated_at', '"0000-00-00"'],
      [null, null, 'null'],
      [null, null, '{"name":"hush"}'],
    ]);
  });

  it('says each kind of rejection once where rejected_records keeps them, without a value', () => {
    const { page, lines, said } = make();
    page(bad, { ...bad, id: 3 });
    page({ ...bad, id: 4 }, null);
    lines.end();
    expect(said).to.deep.equal([
      'WARN cities: row 2, updated_at: not a date-time with an offset; emitted as null, and kept in rejected_records; more of this kind are only counted',
      'WARN cities: row without a key: the row is not an object; left out, and kept in rejected_records; more of this kind are only counted',
      'WARN cities: 4 cells or rows did not fit their declared type: see rejected_records',
    ]);
  });

  it('says each one with stream, key, field and reason where nothing else keeps them', () => {
    const { page, lines, said } = make(
      catalogOf(({ streams }) => {
        for (const { tap_stream_id, metadata } of streams)
          if (tap_stream_id === REJECTED) metadata[0]!.metadata['selected'] = false;
      }),
    );
    expect(page(bad, { ...bad, id: 3 }, { name: 'hush' })).to.have.length(2);
    lines.end();
    expect(said).to.deep.equal([
      'WARN cities: row 2, updated_at: not a date-time with an offset; emitted as null',
      'WARN cities: row 3, updated_at: not a date-time with an offset; emitted as null',
      'WARN cities: row without a key: its key id is missing; left out',
      'WARN cities: 3 cells or rows did not fit their declared type: rejected_records is not selected, so only these warnings report them',
    ]);
  });

  it('says each field and each reason of rejections once, not each kind of rejection once', () => {
    const { page, said } = make();
    page(
      bad,
      { id: 3, created_at: '0000-00-00' },
      { id: 4, updated_at: '0000-00-00', created_at: '?' },
      null,
      {
        name: 1,
      },
    );
    const kinds = said.map((line) => line.split(';')[0]);
    expect(kinds).to.deep.equal([
      'WARN cities: row 2, updated_at: not a date-time with an offset',
      'WARN cities: row 3, created_at: not a date-time with an offset',
      'WARN cities: row without a key: the row is not an object',
      'WARN cities: row without a key: its key id is missing',
    ]);
  });

  it('counts one cell or row in the singular', () => {
    const { page, lines, said } = make();
    page(bad);
    lines.end();
    expect(said.at(-1)).to.equal(
      'WARN cities: 1 cell or row did not fit its declared form: see rejected_records',
    );
  });

  it('says nothing at the end where nothing was rejected', () => {
    const { page, lines, said } = make();
    page(good);
    lines.end();
    expect(said).to.deep.equal([]);
  });

  it('puts rejections out under the name and with the columns that the catalog gives them', () => {
    const { page } = make(
      catalogOf(({ streams }) => {
        streams[1]!.stream = 'dirt';
        streams[1]!.metadata.find(({ breadcrumb }) => breadcrumb[1] === 'value')!.metadata[
          'selected'
        ] = false;
      }),
    );
    const [row] = recordsOf(page(bad), 'dirt');
    expect(Object.keys(row!)).to.deep.equal([
      'rejected_id',
      'stream',
      'record_key',
      'field',
      'reason',
      'rejected_at',
    ]);
    expect(row).to.include({ stream: 'cities' });
  });

  it('warns once of a field that the catalog does not declare', () => {
    const { page, said } = make();
    page({ ...good, mayor: 'hush' }, { ...good, mayor: 'hush' });
    expect(said).to.deep.equal([
      'WARN cities: the API sends a field "mayor" that the catalog does not declare; it is not emitted. To emit it, add the property to the stream\'s schema in the catalog',
    ]);
  });

  it('says that such a field is kept if _rescued_data is selected', () => {
    const { page, said } = make(
      catalogOf(({ streams }) => {
        const rescued = streams[0]!.metadata.find(({ breadcrumb: [, name] }) => name === RESCUED);
        rescued!.metadata['selected'] = true;
      }),
    );
    const [row] = recordsOf(page({ ...good, mayor: 'hush' }), 'cities');
    expect(row).to.include({ _rescued_data: '{"mayor":"hush"}' });
    expect(said).to.deep.equal([
      'WARN cities: the API sends a field "mayor" that the catalog does not declare; it is kept in _rescued_data. For a column of it, add the property to the stream\'s schema in the catalog',
    ]);
  });

  it('warns of columns of rejected_records that the catalog lacks', () => {
    const { page, said } = make(
      catalogOf(({ streams }) => {
        const { reason: _, ...properties } = streams[1]!.schema.properties;
        streams[1]!.schema = { ...streams[1]!.schema, properties };
      }),
    );
    page(bad);
    expect(said).to.include(
      'WARN rejected_records: the catalog does not declare reason; it is not emitted',
    );
  });

  it('does not judge the share of fewer than 100 rows', () => {
    const { page } = make(catalogOf(), 0);
    page(...Array.from({ length: 99 }, () => bad));
  });

  it('fails where more than the share of 100 rows and more are unfit, rows with two faults counted once', () => {
    make(catalogOf(), 0.1).page(...hundred(10));
    const { page, report } = make(catalogOf(), 0.1);
    expect(() => page(...hundred(11))).to.throw(
      DataError,
      'cities: 11 of 100 rows do not fit their declared type, more than max_rejected_share (0.1) allows; one of the last: ' +
        "row 0, created_at: not a date-time with an offset. The API's format has changed: compare the catalog",
    );
    expect(report).to.include({ rows: 0, rejected: 0, pages: 0 });
  });

  it('judges the share over all pages of the run', () => {
    const { page } = make(catalogOf(), 0.1);
    page(...Array.from({ length: 60 }, () => good));
    page(...Array.from({ length: 30 }, () => good), ...Array.from({ length: 10 }, () => bad));
    expect(() => page(bad)).to.throw(DataError, '11 of 101 rows');
  });
});

describe('rejectedRow', () => {
  const rejection = { field: 'name', recordKey: '1', reason: 'odd', value: '"x"' };

  it('is the same row for the same find again, whenever it comes', () => {
    const row = rejectedRow('cities', rejection, 0);
    expect(
      rejectedRow('cities', { ...rejection, reason: 'told otherwise' }, ARRIVED)['rejected_id'],
    ).to.equal(row['rejected_id']);
    expect(row).to.deep.include({
      stream: 'cities',
      record_key: '1',
      field: 'name',
      reason: 'odd',
      value: '"x"',
    });
    expect(row['rejected_at']).to.equal('1970-01-01T00:00:00.000Z');
  });

  it('is another one for another stream, key, field or value', () => {
    const ids = [
      rejectedRow('cities', rejection, 0),
      rejectedRow('jobs', rejection, 0),
      rejectedRow('cities', { ...rejection, recordKey: '2' }, 0),
      rejectedRow('cities', { ...rejection, recordKey: null }, 0),
      rejectedRow('cities', { ...rejection, field: 'state' }, 0),
      rejectedRow('cities', { ...rejection, field: null }, 0),
      rejectedRow('cities', { ...rejection, value: '"y"' }, 0),
    ].map((row) => row['rejected_id']);
    expect(new Set(ids).size).to.equal(ids.length);
  });
});
