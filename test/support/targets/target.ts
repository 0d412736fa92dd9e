/**
 * A target for tests: `node target.js MODE ROWS`. It appends the rows that it commits to the file
 * ROWS and prints their state, in the way that MODE names.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import ndjson from 'ndjson';

interface Message {
  readonly type: string;
  readonly stream?: string;
  readonly record?: unknown;
  readonly value?: unknown;
}

const [mode = 'each', rows = ''] = process.argv.slice(2);

let pending = '';
let state: unknown = null;
let lines = 0;
let states = 0;

function commit(): void {
  appendFileSync(rows, pending);
  pending = '';
  if (state === null) return;
  const said =
    mode === 'message'
      ? { type: 'STATE', value: state }
      : mode === 'sorted'
        ? reordered(state)
        : state;
  process.stdout.write(`${JSON.stringify(said)}\n`);
}

/** The same value with the keys of each object the other way round. */
function reordered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reordered(inner)]),
  );
}

/** Modes that do something else than read on, when a line has come. */
const ON_LINE: Record<string, (line: number) => void> = {
  crash: (line) => line === 40 && process.exit(3),
  killed: (line) => line === 40 && process.kill(process.pid, 'SIGKILL'),
  early: (line) => line === 5 && process.exit(0),
  deaf: (line) => {
    if (line < 5) return;
    process.stdin.destroy();
    setTimeout(() => process.exit(0), 100);
  },
};

/** Modes that do something at their start. */
const AT_START: Record<string, () => void> = {
  rubbish: () => process.stdout.write('Loading …\nnull\n{"rows": 3}\n{"bookmarks": 1}\n{"cut\n'),
  /** Ends well without reading anything. */
  asleep: () => setTimeout(() => process.exit(0), 300),
  environment: () => appendFileSync(rows, `${JSON.stringify(process.env)}\n`),
  hang: () => setInterval(() => undefined, 1000),
  stubborn: () => {
    process.on('SIGTERM', () => appendFileSync(rows, 'SIGTERM\n'));
    setInterval(() => undefined, 1000);
  },
};

/** Modes that do something when all is read. */
const AT_END: Record<string, () => void> = {
  late: commit,
  /** Commits, and once the file ROWS.go exists, another state each moment. */
  nagging: () => {
    commit();
    let count = 0;
    setInterval(() => {
      if (!existsSync(`${rows}.go`)) return;
      process.stdout.write(`{"bookmarks":{"cities":{"refresh_token":"later ${(count += 1)}"}}}\n`);
    }, 5);
  },
  /** What it has started prints the last state, after its own end. */
  heir: () => {
    const say = `setTimeout(() => console.log(${JSON.stringify(JSON.stringify(state))}), 100)`;
    spawn(process.execPath, ['-e', say], { stdio: ['ignore', 'inherit', 'ignore'] }).unref();
  },
  /** What it has started never ends. */
  squatter: () => {
    commit();
    const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      stdio: ['ignore', 'inherit', 'ignore'],
    });
    appendFileSync(rows, `squatter ${pid}\n`);
    process.exit(0);
  },
};

AT_START[mode]?.();
if (mode !== 'hang' && mode !== 'asleep') {
  // Not readline, which ends lines at U+2028 from Node 26 on.
  const messages: AsyncIterable<Message> = process.stdin.pipe(ndjson.parse());
  for await (const message of messages) {
    lines += 1;
    ON_LINE[mode]?.(lines);
    if (message.type === 'RECORD')
      pending += `${JSON.stringify({ stream: message.stream, record: message.record })}\n`;
    if (message.type !== 'STATE') continue;
    states += 1;
    if (mode === 'slack' && states !== 2) continue;
    state = message.value;
    if (!['late', 'silent', 'heir', 'squatter', 'nagging'].includes(mode)) commit();
  }
  AT_END[mode]?.();
}
