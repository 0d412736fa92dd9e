/** The cases in which the page is looked at: what happened to a tenant, and what the page says. */
import type { Simulator } from '#src/simulator/simulator.js';
import { simulateRuns, startsUntil } from '../support/simulated-runs.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** When the pages are made. */
export const NOW = Date.UTC(2026, 10, 24, 6, 40);
const LAST_RUN = Date.UTC(2026, 10, 24, 6, 12);

export interface Case {
  readonly name: string;
  /** The first line. */
  readonly answer: RegExp;
  /** Pages of its print: one for each folder. */
  readonly pages?: number;
  /** Summaries by folder. */
  readonly summaries: () => Promise<Readonly<Record<string, readonly string[]>>>;
}

function evolve(simulator: Simulator, run: number): void {
  // A working day has more changes than a night.
  const hour = (run + 1) % 24;
  if (run > 0) simulator.evolve(hour > 8 && hour < 18 ? 60 : 6);
}

async function steady(): Promise<string[]> {
  return simulateRuns({
    starts: startsUntil(LAST_RUN, 36, HOUR),
    simulator: { malformed: 0.03 },
    before: (simulator, run) => {
      evolve(simulator, run);
      if (run === 20) simulator.fault({ kind: 'status', status: 503, times: 40 });
      if (run % 7 === 3)
        simulator.fault({ kind: 'status', status: 429, headers: { 'Retry-After': '20' } });
    },
  });
}

async function invoicesFail(): Promise<string[]> {
  return simulateRuns({
    starts: startsUntil(LAST_RUN, 33, HOUR),
    simulator: { malformed: 0.01 },
    before: (simulator, run) => {
      evolve(simulator, run);
      if (run === 12) simulator.fault({ kind: 'garbled', stream: 'crews', times: Infinity });
      if (run >= 30)
        simulator.fault({ kind: 'status', status: 500, stream: 'invoices', times: Infinity });
    },
  });
}

async function manyWarnings(): Promise<string[]> {
  return simulateRuns({
    starts: startsUntil(LAST_RUN, 24, 6 * HOUR),
    simulator: { malformed: 0.04 },
    before: (simulator, run) => {
      evolve(simulator, run);
      if (run < 23) return;
      simulator.expire(['refresh_token']);
      for (const [stream, status] of [
        ['crews', 403],
        ['cities', 403],
        ['invoices', 500],
        ['job_events', 500],
      ] as const)
        simulator.fault({ kind: 'status', status, stream, times: Infinity });
      simulator.fault({ kind: 'garbled', stream: 'schedules', times: Infinity });
    },
  });
}

/** A large tenant whose first load takes several runs. */
async function firstLoad(): Promise<string[]> {
  return simulateRuns({
    starts: startsUntil(LAST_RUN - 50 * MINUTE, 3, HOUR),
    simulator: { rows: 12_000, pageSize: 50 },
    callsPerHour: 300,
  });
}

export const CASES: readonly Case[] = [
  {
    name: 'current',
    answer: /^All tables current at 06:12 UTC$/,
    summaries: async () => ({ acme: await steady() }),
  },
  {
    name: 'failed',
    answer: /^invoices failed 3 times$/,
    summaries: async () => ({ acme: await invoicesFail() }),
  },
  {
    name: 'warnings',
    answer: /tables failed in the last run$/,
    summaries: async () => ({ acme: await manyWarnings() }),
  },
  {
    name: 'first-load',
    answer: /not complete yet$/,
    summaries: async () => ({ acme: await firstLoad() }),
  },
  {
    name: 'one-run',
    answer: /^All tables current at 06:12 UTC$/,
    summaries: async () => ({
      acme: await simulateRuns({ starts: [LAST_RUN], simulator: { rows: 2000 } }),
    }),
  },
  {
    name: 'overdue',
    answer: /^No run since 06:12 UTC on 21 November$/,
    summaries: async () => ({
      acme: await simulateRuns({
        starts: startsUntil(LAST_RUN - 72 * HOUR, 9, 12 * HOUR),
        before: evolve,
      }),
    }),
  },
  {
    name: 'token',
    answer: /^The API refused the token 4 times$/,
    summaries: async () => ({
      acme: await simulateRuns({
        starts: startsUntil(LAST_RUN, 14, HOUR),
        before: (simulator, run) => {
          evolve(simulator, run);
          if (run >= 10) simulator.fault({ kind: 'status', status: 401, times: Infinity });
        },
      }),
    }),
  },
  {
    name: 'two-tenants',
    pages: 2,
    answer: /^westside: invoices failed 3 times$/,
    summaries: async () => ({ acme: await steady(), westside: await invoicesFail() }),
  },
];
