import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Place, type Ended } from '../support/command.js';
import { held } from '../simulator/client.js';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../schemas/reports/probe.json', import.meta.url), 'utf8'),
);

describe('bolt-eci-tap probe', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.close());

  const probe = (): Promise<Ended> => place.run(['probe', '-c', 'c.json', '--report', 'r.json']);

  /** The text of the report, once its schema has accepted it. */
  function report(): string {
    const text = readFileSync(place.path('r.json'), 'utf8');
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    expect(ajv.validate(SCHEMA, JSON.parse(text)), JSON.stringify(ajv.errors)).to.equal(true);
    return text;
  }

  it('prints a table, writes a report, and ends with 0 if everything was asked', async () => {
    const { simulator } = await place.simulator('c.json', { rows: 40, pageSize: 30 });
    const { code, stdout, stderr } = await probe();
    expect(code, stdout + stderr).to.equal(0);
    expect(stdout).to.match(
      /^127\.0\.0\.1:\d+: \d+ of 13 questions answered, \d+ calls\n\nWorks\n/,
    );
    expect(JSON.parse(report())).to.deep.include({ exit_code: 0, not_asked: [], ended_code: null });
    expect(simulator.calls.length).to.be.at.most(40);
  });

  it('ends with 1 if a question could not be asked, and with 3 if the token is refused', async () => {
    await place.simulator('c.json', { rows: 5, eventStart: 'refuse' });
    const small = await probe();
    expect(small.code, small.stderr).to.equal(1);
    expect(small.stdout).to.include('\nBe careful\n').and.include('\nNot seen\n');
    report();
    await place.simulator('c.json', { rows: 5, token: 'another' });
    expect((await probe()).code).to.equal(3);
    expect(JSON.parse(report())).to.deep.include({ ended_code: 'TOKEN_REFUSED', calls: 2 });
    await place.simulator('c.json', { rows: 5, token: 'another', refusalStatus: 403 });
    expect((await probe()).code).to.equal(3);
  });

  it('does not wait longer than its limit: says so, and reports what it saw', async () => {
    const { simulator } = await place.simulator('c.json', { rows: 20 });
    const headers = { 'retry-after': '3600' };
    simulator.fault({ kind: 'status', status: 429, after: 3, headers });
    const { code, stdout, stderr } = await probe();
    expect(code).to.equal(1);
    expect(stderr).to.include("the probe's limit of 10 minutes");
    expect(stdout).to.include('\nNot asked\n  the first page of each stream\n');
    // What an answer needs is not known yet.
    expect(stdout).to.not.include('Not seen');
    expect(simulator.calls).to.have.length(4);
    const json = JSON.parse(report());
    expect(json).to.deep.include({ exit_code: 1, calls: 4 });
    expect(json.ended_code).to.be.a('string');
    expect(json.streams).to.have.length(3);
  });

  it('asks nothing if the report cannot be written, or with words that it does not know', async () => {
    const { simulator } = await place.simulator('c.json');
    const ended = await place.runInOne([
      ['probe', '-c', 'c.json', '--report', 'no/r.json'],
      ['probe', '-c', 'c.json', '--report', '-'],
      ['probe', '-c', 'c.json', 'more'],
    ]);
    expect(ended.map(({ code }) => code)).to.deep.equal([2, 2, 2]);
    expect(ended[0]?.stderr).to.include('no/r.json cannot be written');
    expect(ended[1]?.stderr).to.include('--report: expected the name of a file, got -');
    expect(ended[2]?.stderr).to.include('too many arguments');
    expect(simulator.calls).to.have.length(0);
  });

  it('puts no token and no value of a row into the report or the table', async () => {
    const { simulator } = await place.simulator('c.json', { rows: 40, pageSize: 10 });
    const { stdout } = await probe();
    const shown = `${stdout}${report()}`;
    expect(shown).to.not.match(/simulated-token|--[0-9a-f]{8}|simulator/);
    for (const list of ['jobs', 'customers', 'employees'])
      for (const row of held(simulator, list)) {
        const values = Object.values(row).filter((value) => String(value).length > 7);
        for (const value of values)
          if (typeof value === 'string') expect(shown).to.not.include(value);
      }
  });
});
