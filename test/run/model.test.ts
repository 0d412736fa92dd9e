/**
 * Random sequences of runs against a model: a tap that is killed anywhere, a target that commits
 * some of its rows, a run that is killed or cannot write, a bookmark file that was cut
 * off. From the tap's bytes to the bookmark file this is the code of `run` itself; only the
 * processes are missing (run.test.ts has them).
 */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createLog } from '#src/terminal/log.js';
import { BookmarkFile } from '#src/run/bookmark-file.js';
import { readCommitted } from '#src/run/committed.js';
import { Emitted } from '#src/run/emitted.js';
import { codeOfRun } from '#src/run/run-code.js';
import { wholeLines } from '#src/run/whole-lines.js';
import { recordLines, stateLine } from '#src/singer/messages.js';
import { makeFolder } from '../support/folder.js';

/** What happens in one run. */
interface Script {
  /** Rows of each page. */
  readonly pages: readonly number[];
  /** How many bytes the tap writes before it is killed. */
  readonly tapKilledAt: number | null;
  /** How many lines the target reads before it ends. */
  readonly reads: number | null;
  /** The target commits at each STATE whose number this divides; 0: at the end. */
  readonly commitsEvery: number;
  readonly targetCode: number;
  /** How many bytes of the target's output the run sees before it is killed. */
  readonly runKilledAt: number | null;
  /** The commits of this run during which the disk is full. */
  readonly fullFrom: number;
  readonly fullTo: number;
  /** The bookmark file is cut off before the run. */
  readonly cut: boolean;
  readonly chunk: number;
}

const rarely = (most: number): fc.Arbitrary<number | null> => fc.option(fc.nat(most), { freq: 2 });
const script: fc.Arbitrary<Script> = fc.record({
  pages: fc.array(fc.nat(2), { maxLength: 4 }),
  tapKilledAt: rarely(800),
  reads: rarely(12),
  commitsEvery: fc.nat(2),
  targetCode: fc.constantFrom(0, 0, 0, 1),
  runKilledAt: rarely(200),
  fullFrom: fc.nat(8),
  fullTo: fc.nat(8),
  cut: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 200 }),
});

const stateAt = (at: number): { bookmarks: { jobs: { refresh_token: string } } } => ({
  bookmarks: { jobs: { refresh_token: `t${at}` } },
});
const rowAt = recordLines('jobs', 0);

function chunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

/** What the target prints, and whether a row comes after the STATE that it committed last. */
function target(
  lines: readonly string[],
  { reads, commitsEvery }: Script,
): { out: string; rowsLeft: boolean } {
  let out = '';
  let committed = -1;
  const states = lines
    .slice(0, reads ?? Infinity)
    .flatMap((line, index) => (line.startsWith('{"type":"STATE"') ? [{ line, index }] : []));
  for (const [number, { line, index }] of states.entries()) {
    if (commitsEvery === 0 ? number < states.length - 1 : (number + 1) % commitsEvery !== 0)
      continue;
    const { value } = JSON.parse(line) as { value: unknown };
    out += `${JSON.stringify(value)}\n`;
    committed = index;
  }
  return {
    out,
    rowsLeft: lines.slice(committed + 1).some((line) => line.startsWith('{"type":"RECORD"')),
  };
}

class World {
  readonly parent = makeFolder();
  readonly folder = join(this.parent, 'there');
  readonly file = join(this.folder, 's.json');
  readonly #log = createLog({ level: 'error', format: 'text', write: () => undefined });
  /** The states that the target ever committed. */
  readonly #committed = new Set<string>();
  /** What must be in the file and in its .bak. */
  #now: string | null = null;
  #before: string | null = null;
  #isInFile = true;

  constructor() {
    mkdirSync(this.folder);
  }

  async run(plan: Script): Promise<void> {
    if (plan.cut && this.#now !== null && this.#before !== null) {
      writeFileSync(this.file, this.#now.slice(0, plan.chunk % (this.#now.length - 3)));
      this.#now = this.#before;
      this.#isInFile = false;
    }
    const bookmark = new BookmarkFile(this.file, this.#log);
    const begin = bookmark.chooseStart();
    const text = existsSync(begin) ? readFileSync(begin, 'utf8') : null;
    expect(text, 'the text that a run begins with').to.equal(this.#now);
    const emitted = new Emitted();
    const given = await this.#tap(text, plan, emitted);
    const lines = given.toString().split('\n').slice(0, -1);
    const { out, rowsLeft } = target(lines, plan);
    const last = await this.#commit(out, plan, bookmark);
    this.#check(plan, { rowsLeft, last, bookmark, emitted });
  }

  /** The bytes that reach the target. */
  #tap(
    text: string | null,
    { pages, tapKilledAt, chunk }: Script,
    emitted: Emitted,
  ): Promise<Buffer> {
    const start = text === null ? 0 : Number(/t(\d+)/.exec(text)?.[1]);
    const written = pages.map((rows, page) => {
      const at = start + page + 1;
      return (
        Array.from({ length: rows }, (_, id) => rowAt({ id, at })).join('') + stateLine(stateAt(at))
      );
    });
    const bytes = Buffer.from(stateLine(stateAt(start)) + written.join('')).subarray(
      0,
      tapKilledAt ?? undefined,
    );
    return buffer(
      Readable.from(chunks(bytes, chunk)).pipe(wholeLines((whole) => emitted.note(whole))),
    );
  }

  /** Moves the bookmark with the target's output. */
  async #commit(out: string, plan: Script, bookmark: BookmarkFile): Promise<string | null> {
    for (const line of out.split('\n')) if (line !== '') this.#committed.add(`${line}\n`);
    let moves = 0;
    let last: string | null = null;
    // A run that is killed sees whole chunks or nothing of them.
    const seen = chunks(Buffer.from(out), plan.chunk).slice(0, plan.runKilledAt ?? undefined);
    const away = join(this.parent, 'away');
    const broken: [found: boolean, expected: boolean][] = [];
    await readCommitted(Readable.from(seen), {
      onState: (state) => {
        moves += 1;
        const isFull = moves > plan.fullFrom && moves <= plan.fullTo;
        if (isFull) renameSync(this.folder, away);
        bookmark.commit(state);
        if (isFull) renameSync(away, this.folder);
        last = `${JSON.stringify(state)}\n`;
        const isWritten = last !== this.#now || !this.#isInFile || broken.at(-1)?.[1] === true;
        broken.push([bookmark.broken, isFull && isWritten]);
        if (isFull || !isWritten) return;
        if (last !== this.#now) this.#before = this.#now;
        this.#now = last;
        this.#isInFile = true;
      },
      onOther: () => undefined,
      onTooLong: () => expect.fail('too long'),
    });
    for (const [found, expected] of broken) expect(found, 'broken').to.equal(expected);
    return last;
  }

  #check(
    plan: Script,
    {
      rowsLeft,
      last,
      bookmark,
      emitted,
    }: { rowsLeft: boolean; last: string | null; bookmark: BookmarkFile; emitted: Emitted },
  ): void {
    const held = existsSync(this.file) ? readFileSync(this.file, 'utf8') : null;
    const isWhole = held === null || held.endsWith('}\n');
    if (isWhole) expect(held, 'the file').to.equal(this.#now);
    if (isWhole && held !== null)
      expect(this.#committed.has(held), 'a committed state').to.equal(true);
    const bak = existsSync(`${this.file}.bak`) ? readFileSync(`${this.file}.bak`, 'utf8') : null;
    if (isWhole && held !== null) expect(bak, 'the .bak').to.equal(this.#before);
    if (plan.runKilledAt !== null) return;
    const by = (code: number): { code: number; signal: null } => ({ code, signal: null });
    const committed = emitted.isCommitted(
      last === null ? null : (JSON.parse(last) as Record<string, unknown>),
    );
    const tap = by(plan.tapKilledAt === null ? 0 : 137);
    // What the target did not read was in the pipe's buffers.
    const job = {
      tap,
      target: by(plan.targetCode),
      delivered: true,
      committed,
      records: emitted.records,
    };
    const code = codeOfRun({ job, forced: null, lost: false, unwritten: bookmark.broken });
    const isWell = plan.targetCode === 0 && plan.tapKilledAt === null && !bookmark.broken;
    if (code === 0) expect([rowsLeft, isWell], 'code 0').to.deep.equal([false, true]);
    else expect(rowsLeft || !isWell, `code ${code}`).to.equal(true);
  }
}

describe('run, against a model', function () {
  this.timeout(60_000);

  it('bookmarks what the target has committed, and ends with 0 only if that is all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 6 }), async (scripts) => {
        const world = new World();
        for (const plan of scripts) await world.run(plan);
      }),
      { numRuns: 100 },
    );
  });
});
