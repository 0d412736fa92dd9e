/**
 * A target for tests: `node target.js MODE ROWS`. It appends the rows that it commits to the file ROWS, and prints the state they belong to,
 * in the manner that MODE names.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
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

function commit(): void {
  appendFileSync(rows, pending);
  pending = '';
  if (state === null) return;
  process.stdout.write(`${JSON.stringify(mode === 'message' ? { type: 'STATE', value: state } : state)}\n`);
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
  hang: () => setInterval(() => undefined, 1000),
  stubborn: () => {
    process.on('SIGTERM', () => appendFileSync(rows, 'SIGTERM\n'));
    setInterval(() => undefined, 1000);
  },
};

/** Modes that do something when all is read. */
const AT_END: Record<string, () => void> = {
  late: commit,
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
if (mode !== 'hang') {
  // Not readline, which ends lines at U+2028 from Node 26 on.
  const messages: AsyncIterable<Message> = process.stdin.pipe(ndjson.parse());
  for await (const message of messages) {
    lines += 1;
    ON_LINE[mode]?.(lines);
    if (message.type === 'RECORD') pending += `${JSON.stringify({ stream: message.stream, record: message.record })}\n`;
    if (message.type !== 'STATE') continue;
    state = message.value;
    if (!['late', 'silent', 'heir', 'squatter'].includes(mode)) commit();
  }
  AT_END[mode]?.();
}
