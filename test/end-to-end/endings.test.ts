// How a process ends on a signal, whatever its reader does: as users run it, in real processes.
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Simulator } from '#src/simulator/simulator.js';
import { Place } from '../support/command.js';
import { messagesOf } from '../support/messages.js';
import { inProject } from '../support/paths.js';

const PACKAGE = inProject('scripts/package-fivetran.js');
const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;
const RUN = [
  '-c',
  'c.json',
  '--streams',
  'jobs',
  '--summary',
  'summary.json',
  '--metrics-file',
  'metrics.prom',
];
/** ms between two chunks of a slow reader. */
const SLOW_MS = 300;

type Reader = 'fast' | 'slow' | 'stalled';

interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the signal to the end. */
  readonly ms: number;
}

/**
 * Reads `after` bytes, then sends the signals. A stalled reader reads nothing; it sends the signals
 * when `after` has resolved.
 */
async function endingOf(
  child: ChildProcess,
  reader: Reader,
  after: number | (() => Promise<void>),
  ...signals: NodeJS.Signals[]
): Promise<Ending> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const exited = once(child, 'exit');
  const chunks: Buffer[] = [];
  let size = 0;
  let said = '';
  let signalledAt = 0;
  const signal = (): void => {
    const [first, second] = signals;
    if (signalledAt !== 0 || first === undefined) return;
    signalledAt = performance.now();
    child.kill(first);
    if (second === undefined) return;
    const look = (): void =>
      void (said.includes('stopping') ? child.kill(second) : setImmediate(look));
    look();
  };
  stderr.setEncoding('utf8').on('data', (part: string) => (said += part));
  stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (typeof after === 'number' && size >= after) signal();
    if (reader === 'fast') return;
    stdout.pause();
    setTimeout(() => stdout.resume(), SLOW_MS);
  });
  if (reader === 'stalled') {
    stdout.pause();
    if (typeof after === 'function') await after();
    signal();
  }
  const [code]: unknown[] = await exited;
  const ms = performance.now() - signalledAt;
  stdout.removeAllListeners('data').on('data', (chunk: Buffer) => chunks.push(chunk));
  stdout.resume();
  if (!stdout.closed) await once(stdout, 'close');
  return {
    code: typeof code === 'number' ? code : null,
    stdout: Buffer.concat(chunks).toString(),
    stderr: said,
    ms,
  };
}

describe('the end on a signal', function () {
  this.timeout(60_000);
  let place: Place;
  let simulator: Simulator;
  before(async () => {
    place = new Place();
    ({ simulator } = await place.simulator('c.json', { rows: 4000 }));
  });
  /** Resolves when the tap makes no calls any more, since nobody reads what it writes. */
  const isFull = async (): Promise<void> => {
    const begun = simulator.calls.length;
    for (let calls = begun, same = 0; same < 10 || calls === begun;) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      same = calls === simulator.calls.length ? same + 1 : 0;
      calls = simulator.calls.length;
    }
  };
  after(() => place.close());

  /** The reports are there, and tell of this run. */
  function expectReports(code: number): void {
    const summary = JSON.parse(readFileSync(place.path('summary.json'), 'utf8'));
    expect(summary.exit_code).to.equal(code);
    expect(summary.streams).to.have.length(1);
    expect(readFileSync(place.path('metrics.prom'), 'utf8')).to.match(
      new RegExp(`^bolt_eci_tap_last_run_exit_code\\{.*\\} ${code}$`, 'm'),
    );
  }

  function expectWhole({ stdout }: Ending): void {
    expect(messagesOf(stdout).at(-1)?.type).to.equal('STATE');
  }

  for (const [signal, code] of SIGNALS) {
    for (const reader of ['fast', 'slow'] as const) {
      it(`${signal}, a ${reader} reader: whole lines, a last STATE, the reports`, async () => {
        const ending = await endingOf(place.start(RUN), reader, 100_000, signal);
        expect(ending.code, ending.stderr).to.equal(code);
        expectWhole(ending);
        expect(messagesOf(ending.stdout).length).to.be.greaterThan(20);
        expectReports(code);
      });
    }

    it(`${signal}, a stalled reader: the end within about a second, with the reports`, async () => {
      const ending = await endingOf(place.start(RUN), 'stalled', isFull, signal);
      expect(ending.code).to.equal(code);
      expect(ending.ms).to.be.greaterThan(600).and.lessThan(3000);
      expectReports(code);
    });

    it(`${signal} twice, a stalled reader: the end at once, with the reports`, async () => {
      const ending = await endingOf(place.start(RUN), 'stalled', isFull, signal, 'SIGTERM');
      expect(ending.code).to.equal(code);
      expectReports(code);
    });
  }

  it('whole lines and a last STATE at any point of the output, for readers of any speed', async () => {
    const point = fc.record({
      signal: fc.constantFrom(...SIGNALS),
      reader: fc.constantFrom('fast', 'slow'),
      after: fc.integer({ min: 1, max: 700_000 }),
    });
    await fc.assert(
      fc.asyncProperty(point, async ({ signal: [signal, code], reader, after }) => {
        const ending = await endingOf(place.start(RUN), reader, after, signal);
        expect(ending.code, ending.stderr).to.equal(code);
        expectWhole(ending);
        expectReports(code);
      }),
      { numRuns: 4 },
    );
  });

  describe('of the bundle for Fivetran', () => {
    before(() => {
      const { status, stderr } = spawnSync(process.execPath, [PACKAGE, place.path('bundle')], {
        encoding: 'utf8',
      });
      expect(status, stderr).to.equal(0);
    });

    for (const reader of ['fast', 'slow', 'stalled'] as const) {
      it(`a ${reader} reader`, async () => {
        const child = place.startScript(place.path('bundle/tap.mjs'), RUN);
        const ending = await endingOf(
          child,
          reader,
          reader === 'stalled' ? isFull : 100_000,
          'SIGTERM',
        );
        expect(ending.code, ending.stderr).to.equal(143);
        if (reader === 'stalled') expect(ending.ms).to.be.greaterThan(600).and.lessThan(3000);
        else expectWhole(ending);
        expectReports(143);
      });
    }
  });

  it('`run` passes one signal on: the target gets what the tap wrote, and the lock is released', async () => {
    const target = place.file(
      'target.mjs',
      `let text = '';
      process.on('SIGTERM', () => undefined);
      for await (const part of process.stdin) {
        if (text === '') process.stderr.write('TARGET began\\n');
        text += part;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const last = JSON.parse(text.trimEnd().split('\\n').at(-1));
      process.stdout.write(JSON.stringify(last.value) + '\\n');`,
    );
    const env = { XDG_CONFIG_HOME: place.path('config') };
    const { base_url, api_token } = JSON.parse(readFileSync(place.path('c.json'), 'utf8'));
    const profile = { base_url, api_token, api_token_name: 'simulator' };
    const stored = await place.run(['configure', '--profile', 'acme', '--no-check'], {
      env: {
        ...env,
        TAP_BOLT_ECI_BASE_URL: profile.base_url,
        TAP_BOLT_ECI_API_TOKEN: profile.api_token,
        TAP_BOLT_ECI_API_TOKEN_NAME: profile.api_token_name,
      },
    });
    expect(stored.code, stored.stderr).to.equal(0);
    for (const from of ['--config=c.json', '--profile=acme']) {
      for (const [signal, code] of from.includes('profile') ? SIGNALS : SIGNALS.slice(2)) {
        const child = place.start(
          [
            'run',
            from,
            `--state=${signal}.json`,
            '--streams=jobs,work_orders',
            '--',
            process.execPath,
            target,
          ],
          { env },
        );
        const exited = once(child, 'exit');
        let said = '';
        child.stderr?.setEncoding('utf8').on('data', (part: string) => {
          if (!said.includes('TARGET began') && (said + part).includes('TARGET began'))
            child.kill(signal);
          said += part;
        });
        expect((await exited)[0], said).to.equal(code);
        expect(said).to.include(`${signal}.json holds what`);
        expect(existsSync(place.path(`${signal}.json.lock`))).to.equal(false);
      }
    }
  });
});
