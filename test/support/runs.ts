/** `bolt-eci-tap run` with a simulated API and the target of the tests, for tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Simulator } from '#src/simulator/simulator.js';
import { serve, type Served } from '#src/simulator/serve.js';
import type { State } from '#src/singer/state.js';
import { runCommand, startCommand, type Finished, type Started } from './processes.js';
import { makeFolder } from './folder.js';
import { TEST_TARGET } from './paths.js';

/** The streams that are selected. */
export const SOME = ['cities', 'jobs', 'work_orders', 'job_events'];

export interface Runs {
  readonly folder: () => string;
  readonly simulator: () => Simulator;
  /** The settings, which a test may change. */
  readonly env: () => Record<string, string>;
  /** The bookmark file. */
  readonly state: () => string;
  readonly read: () => State;
  /** Runs to the end with a target in this mode. */
  readonly ran: (mode: string, ...flags: string[]) => Promise<Finished>;
  readonly start: (mode: string, ...flags: string[]) => Started;
  /** What the target has committed. */
  readonly rows: () => string[];
}

/** Prepares an API and a fresh folder for each test of the `describe` that calls it. */
export function prepareRuns(): Runs {
  let folder = '';
  let simulator: Simulator;
  let server: Served;
  let env: Record<string, string> = {};
  const state = (): string => join(folder, 'state.json');
  const read = (): State => JSON.parse(readFileSync(state(), 'utf8')) as State;
  /** The arguments of a run with a target in this mode. */
  const job = (mode: string, ...flags: string[]): string[] => [
    'run',
    '--state',
    state(),
    ...flags,
    '--',
    process.execPath,
    TEST_TARGET,
    mode,
    join(folder, 'rows.jsonl'),
  ];
  const ran = (mode: string, ...flags: string[]): Promise<Finished> =>
    runCommand(job(mode, ...flags), { env });
  const start = (mode: string, ...flags: string[]): Started =>
    startCommand(job(mode, ...flags), { env });
  const rows = (): string[] => readFileSync(join(folder, 'rows.jsonl'), 'utf8').trim().split('\n');

  before(async () => {
    simulator = new Simulator({ rows: 250, callsPerHour: Infinity });
    server = await serve(simulator, { latencyMs: 1 });
  });
  after(() => server.close());
  beforeEach(() => {
    folder = makeFolder();
    env = {
      TAP_BOLT_ECI_BASE_URL: server.url,
      TAP_BOLT_ECI_API_TOKEN: 'simulated-token',
      TAP_BOLT_ECI_API_TOKEN_NAME: 'simulator',
      TAP_BOLT_ECI_CALLS_PER_HOUR: '1000000',
      TAP_BOLT_ECI_CALLS_PER_SECOND: '1000',
      TAP_BOLT_ECI_CACHE_DIR: join(folder, 'cache'),
      TAP_BOLT_ECI_STREAMS: SOME.join(','),
    };
  });
  return {
    folder: () => folder,
    simulator: () => simulator,
    env: () => env,
    state,
    read,
    ran,
    start,
    rows,
  };
}
