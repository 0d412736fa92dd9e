/** Many runs of the tap against a simulator, in virtual time, and the summary of each. */
import { Budget } from '#src/api/budget.js';
import { Pace } from '#src/api/pace.js';
import { exitCodeOfReport } from '#src/cli/exit-code.js';
import { sync } from '#src/engine/sync.js';
import { CallStats } from '#src/reports/call-stats.js';
import { CodeCounts } from '#src/reports/code-counts.js';
import { summaryJson } from '#src/reports/summary-file.js';
import { Simulator } from '#src/simulator/simulator.js';
import type { SimulatorOptions } from '#src/simulator/options.js';
import type { State } from '#src/singer/state.js';
import { clientOf } from './api.js';
import { ALONE } from './client.js';
import { messagesOf, Sink, statesOf } from './messages.js';
import { seededRandom } from './random.js';
import { keptLog, optionsOf } from './run.js';

export interface SimulatedRuns {
  /** When each run starts, ms since 1970. */
  readonly starts: readonly number[];
  /** What happens before a run. Faults of the run before are gone. */
  readonly before?: (simulator: Simulator, run: number) => void;
  readonly simulator?: SimulatorOptions;
  readonly callsPerHour?: number;
  readonly maxRunMinutes?: number;
  readonly seed?: number;
}

/** Runs the tap at each of these times. Returns the text of each summary; `useApi` is needed. */
export async function simulateRuns(options: SimulatedRuns): Promise<string[]> {
  const random = seededRandom(options.seed ?? 7);
  let time = options.starts[0] ?? 0;
  const simulator = new Simulator({ rows: 250, now: () => time, ...options.simulator });
  const clock = {
    now: () => time,
    sleep: async (ms: number, signal: AbortSignal): Promise<void> => {
      signal.throwIfAborted();
      time += ms;
    },
  };
  const fetch = async (request: Request): Promise<Response> => {
    // Most responses take 0.1 to 0.4 s, and some take longer.
    time += Math.round(100 + 300 * random() ** 3 + 900 * random() ** 20);
    return simulator.fetch(request);
  };
  const summaries: string[] = [];
  let state: State = { bookmarks: {} };
  for (const [run, start] of options.starts.entries()) {
    time = Math.max(time, start);
    simulator.clearFaults();
    options.before?.(simulator, run);
    const ran = await runOnce({ ...options, fetch, clock, state });
    summaries.push(ran.summary);
    ({ state } = ran);
  }
  return summaries;
}

interface OneRun extends SimulatedRuns {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly clock: Parameters<typeof clientOf>[2];
  readonly state: State;
}

async function runOnce(options: OneRun): Promise<{ summary: string; state: State }> {
  const { clock, fetch, state, callsPerHour = 900, maxRunMinutes = 50 } = options;
  const startedAt = clock.now();
  const stats = new CallStats();
  const counts = new CodeCounts();
  const stop = new AbortController();
  const budget = new Budget({ callsPerHour, callsPerSecond: 4, now: startedAt });
  const pace = new Pace({
    budget,
    clock,
    random: () => 0,
    signal: stop.signal,
    deadline: startedAt + maxRunMinutes * 60_000,
    onWait: (ms) => (stats.waitedMs += ms),
    shared: ALONE,
  });
  const client = clientOf(fetch, stop.signal, clock, 3, {
    budget,
    pace,
    onCall: (call) => {
      stats.add(call);
      stats.busiestHour = Math.max(stats.busiestHour, budget.used(clock.now()));
    },
  });
  const sink = new Sink();
  const report = await sync({
    ...optionsOf({ simulator: { fetch }, state, stop }, sink, counts.of(keptLog().log)),
    get: (stream, path, query) => client.get(stream, path, query),
    maxRejectedShare: 0.2,
    activateMinShare: 0.5,
    now: () => clock.now(),
  });
  const summary = summaryJson(report, stats, {
    version: '0.2.0',
    exitCode: exitCodeOfReport(report),
    startedAt,
    host: 'acme.bolt.example',
    callsPerHour,
    maxRecords: null,
    codes: counts.list(),
  });
  return { summary, state: statesOf(messagesOf(sink.text)).at(-1) ?? state };
}

/** Times of runs, the last one at `last`. */
export function startsUntil(last: number, count: number, everyMs: number): number[] {
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * everyMs);
}
