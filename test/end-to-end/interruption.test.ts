import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Simulator } from '#src/simulator/simulator.js';
import { serve } from '#src/simulator/serve.js';
import { STREAMS } from '#src/streams.js';
import { messagesOf, statesOf, wholeLines } from '../support/messages.js';
import { makeFolder } from '../support/folder.js';
import { COMMAND } from '../support/paths.js';
import { seededRandom } from '../support/random.js';

// `npm run soak` takes a hundred.
const KILLS = Number(process.env['KILLS'] ?? 8);
const SEED = Number(process.env['SEED'] ?? 7);

/** A run of the command, killed once it has written so many bytes. */
async function runUntil(
  args: readonly string[],
  kill: { after: number; signal: NodeJS.Signals } | null,
): Promise<{ code: number | null; text: string; log: string; killed: boolean }> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let log = '';
  let killed = false;
  child.stderr.setEncoding('utf8').on('data', (part: string) => (log += part));
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (kill === null || killed || text.length < kill.after) return;
    killed = true;
    child.kill(kill.signal);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text, log, killed };
}

describe('interruption', function () {
  this.timeout(20_000 + KILLS * 3000);
  let folder = '';
  before(() => (folder = makeFolder()));

  it(`ends with every row, however often it was killed (${KILLS} times here)`, async () => {
    const simulator = new Simulator({ rows: 600, callsPerHour: Infinity });
    const server = await serve(simulator, { latencyMs: 1 });
    const config = join(folder, 'config.json');
    const state = join(folder, 'state.json');
    writeFileSync(
      config,
      JSON.stringify({
        base_url: server.url,
        api_token: 'simulated-token',
        api_token_name: 'simulator',
        calls_per_hour: 1_000_000,
        calls_per_second: 1000,
        concurrency: 3,
        cache_dir: join(folder, 'cache'),
        log_level: 'error',
      }),
      { mode: 0o600 },
    );
    const chance = seededRandom(SEED);
    const found = new Map(STREAMS.map(({ name }) => [name, new Set<string>()]));
    let kills = 0;
    let walks = 1;
    try {
      for (let run = 0; run < KILLS * 4 + 20; run += 1) {
        const signal: NodeJS.Signals = chance() < 0.5 ? 'SIGKILL' : 'SIGTERM';
        const kill =
          kills < KILLS ? { after: 20_000 + Math.floor(chance() * 900_000), signal } : null;
        const { code, text, log, killed } = await runUntil(
          ['--config', config, '--state', state],
          kill,
        );
        const lines = messagesOf(wholeLines(text));
        for (const message of lines) {
          if (message.type !== 'RECORD') continue;
          const { stream, record } = message;
          const keys = STREAMS.find(({ name }) => name === stream)?.keys ?? [];
          found.get(stream)?.add(keys.map((key) => String(record[key])).join());
        }
        writeFileSync(state, JSON.stringify(statesOf(lines).at(-1) ?? {}));
        if (code === 0) {
          if (kills >= KILLS) break;
          // The run ended before its kill: start over, so that there is something to interrupt.
          rmSync(state);
          walks += 1;
        } else {
          expect(killed, log).to.equal(true);
          kills += 1;
        }
        if (signal === 'SIGTERM' && code !== 0) {
          expect(code, log).to.equal(143);
          expect(text.endsWith('\n')).to.equal(true);
          expect(lines.at(-1)?.type).to.equal('STATE');
        }
      }
    } finally {
      await server.close();
    }
    expect(kills).to.equal(KILLS);
    for (const { name } of STREAMS) {
      const rows = [...simulator.rows(name)].length;
      expect(found.get(name)?.size, name).to.equal(rows);
    }
    // A page is asked for once, and once more for each kill that it was lost in.
    const asked = new Map<string, number>();
    for (const { path, query } of simulator.calls) {
      const call = `${path} ${JSON.stringify(query)}`;
      asked.set(call, (asked.get(call) ?? 0) + 1);
    }
    for (const [call, times] of asked) {
      if (call.includes('next_batch')) expect(times, call).to.be.at.most(walks + KILLS);
    }
  });
});
