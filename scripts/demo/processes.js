// The processes of the demo: the simulator and the tap.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/bolt-eci-tap.js', import.meta.url));

/** What runs and has to be ended with the demo, whatever ends it. */
const running = new Set();

/** Starts the command itself. */
export function start(args, stdio) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a simulator on a free port, and gives its address. */
export async function simulate(rows) {
  const child = start(
    [
      'simulate',
      '--port',
      '0',
      '--rows',
      rows,
      '--malformed',
      '0.01',
      '--calls-per-hour',
      '1000000',
    ],
    ['ignore', 'pipe', 'pipe'],
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  for await (const line of child.stdout.setEncoding('utf8')) return line.trim();
  throw new Error(`The simulator did not start: ${said}`);
}

/**
 * Syncs once into a file of messages, and keeps the last STATE for the next sync. Returns the
 * seconds that it took.
 */
export async function sync({ config, state }, { messages, log }) {
  const [out, err] = [openSync(messages, 'w'), openSync(log, 'w')];
  const began = performance.now();
  const child = start(['--config', config, '--state', state], ['ignore', out, err]);
  closeSync(out);
  closeSync(err);
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(
      `The sync ended with code ${code}. Its log, ${log}:\n${readFileSync(log, 'utf8')}`,
    );
  return (performance.now() - began) / 1000;
}

/** Ends what was started, and waits until it is gone. */
export async function end() {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill();
      if (running.has(child)) await once(child, 'exit');
    }),
  );
}
