import { expect } from 'chai';
import type { Answered } from '#src/api/client.js';
import { noEvidence, seenOf, type Evidence } from '#src/engine/probe/evidence.js';
import { clockDifference, factsOf } from '#src/engine/probe/facts.js';
import { STREAMS } from '#src/streams.js';

function responded(headers: Answered['headers'] = {}): Answered {
  return { status: 200, headers, form: 'quoted' };
}

/** Evidence with the first page of some streams. */
function evidenceOf(bodies: Readonly<Record<string, unknown>>): Evidence {
  const evidence = noEvidence();
  for (const stream of STREAMS) {
    if (!(stream.name in bodies)) continue;
    evidence.attempts.push(responded());
    const response = seenOf(stream, null, { body: bodies[stream.name] }, evidence.attempts);
    evidence.first.set(stream.name, response);
  }
  return evidence;
}

function streamOf(name: string, body: unknown) {
  const [facts] = factsOf(evidenceOf({ [name]: body }), []).streams;
  if (facts === undefined) throw new Error(`no facts about ${name}`);
  return facts;
}

describe('facts of a probe', () => {
  it('name the undeclared fields and the columns that never came', () => {
    const offices = [
      { id: 1, name: 'x', 'Extra Field': 1 },
      { id: 2, etag: null, gate: 2 },
    ];
    const facts = streamOf('offices', { offices, next_batch: 'more' });
    expect(facts).to.deep.equal({
      stream: 'offices',
      status: 200,
      gave_page: true,
      rows: 2,
      goes_on: true,
      undeclared: ['extra_field', 'gate'],
      never_came: ['address', 'created_at', 'updated_at'],
    });
  });

  it('look into the objects that are flattened', () => {
    const { undeclared, never_came } = streamOf('employees', {
      employees: [{ id: 1, address: { city: 'x', planet: 'y' } }],
    });
    expect(never_came).to.include('address_state').and.not.include('address_city');
    expect(undeclared.join()).to.include('planet');
  });

  it('show no field that does not look like a name, and at most 50 of them', () => {
    const strange = { 'é secret': 1, 'a@b.example': 2, ['x'.repeat(61)]: 3 };
    const { undeclared } = streamOf('offices', { offices: [{ id: 1, ...strange }] });
    expect(undeclared).to.deep.equal(['(no name)']);
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`field_${n}`, n]));
    expect(streamOf('offices', { offices: [{ id: 1, ...many }] }).undeclared).to.have.length(50);
  });

  it('say nothing of columns without rows, and pass over rows that are not objects', () => {
    expect(streamOf('offices', { offices: [] }).never_came).to.deep.equal([]);
    const { rows, undeclared } = streamOf('offices', { offices: [null, 'x', 7] });
    expect({ rows, undeclared }).to.deep.equal({ rows: 3, undeclared: [] });
  });

  it('tell a stream without a page from one without rows', () => {
    expect(streamOf('offices', { error: 'x' })).to.deep.include({ gave_page: false, status: 200 });
    expect(streamOf('offices', { offices: [] })).to.deep.include({ gave_page: true, rows: 0 });
  });

  it('name rate headers and encodings, and no other header', () => {
    const evidence = evidenceOf({});
    evidence.attempts.push(
      responded({ 'x-ratelimit-remaining': '7', 'content-encoding': 'br', 'x-user': 'x' }),
      responded({ 'ratelimit-reset': '7', 'retry-after': '1', 'x-rate-limit-limit': '2' }),
      responded({ 'content-encoding': 'zstd-of-someone', 'x-ratelimit-né': '1' }),
    );
    const { rate_headers, compression } = factsOf(evidence, []);
    expect(rate_headers).to.deep.equal([
      'ratelimit-reset',
      'retry-after',
      'x-rate-limit-limit',
      'x-ratelimit-remaining',
    ]);
    expect(compression).to.deep.equal(['br', 'none', 'other']);
  });

  it("give the middle of the differences to the server's clock", () => {
    const ahead = (...ms: number[]) => factsOf(noEvidence(), ms).clock_ahead_s;
    expect(ahead()).to.equal(null);
    expect(ahead(90_000, -9000, -2000)).to.equal(-2);
    const now = Date.UTC(2025, 1, 3, 12);
    expect(clockDifference({ date: 'Mon, 03 Feb 2025 12:00:07 GMT' }, now)).to.equal(7000);
    expect(clockDifference({}, now)).to.equal(null);
  });
});
