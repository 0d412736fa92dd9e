/** A probe of a simulator, through the tap's client, in virtual time. It opens no socket. */
import { FormFinder, type Form } from '#src/api/authorization.js';
import type { Clock } from '#src/api/clock.js';
import { CallLimit, MOST_MINUTES, MOST_RETRIES } from '#src/engine/probe/call-limit.js';
import { noEvidence } from '#src/engine/probe/evidence.js';
import { clockDifference, factsOf } from '#src/engine/probe/facts.js';
import { probe } from '#src/engine/probe/probe.js';
import { findings } from '#src/engine/probe/questions.js';
import { probeJson, probeText } from '#src/reports/probe-report.js';
import { Simulator, type SimulatorOptions } from '#src/simulator/simulator.js';
import { held, isRow } from '../simulator/client.js';
import { clientOf, NOW } from './api.js';

/** Lists whose first and last rows change while the probe runs. */
const CHANGED = ['cities', 'employees', 'contracts', 'jobs'];

/** Text in every row: it must never be in a report. */
export const MARK = 'planted-mark';

export interface Probing extends SimulatorOptions {
  /** After how many calls rows change, once for each number. */
  readonly changesAfter?: readonly number[];
  /** After how many calls a row that has changed is removed. */
  readonly removeAfter?: number;
  readonly maxRetries?: number;
  readonly before?: (simulator: Simulator) => void;
  readonly eventStartTokens?: Readonly<Record<string, string>>;
  /** The form of the header that an earlier run found. */
  readonly remembered?: Form;
  /** Replaces responses. */
  readonly answer?: (request: Request, response: Response) => Response | Promise<Response>;
}

/** What a probe sent and was given: tokens by value, and the methods of its requests. */
interface Traffic {
  readonly sent: string[];
  readonly given: Set<string>;
  readonly methods: Set<string>;
}

/** Puts the mark into the texts of rows, and notes the tokens that the API gives. */
async function marked(response: Response, { given }: Traffic): Promise<Response> {
  const text = await response.clone().text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return response;
  }
  if (isRow(body))
    for (const name of ['next_batch', 'refresh_token', 'event_token'])
      if (typeof body[name] === 'string') given.add(body[name]);
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const shown = isRow(body)
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [name, markAll(value)]))
    : markAll(body);
  return new Response(JSON.stringify(shown), { status: response.status, headers });
}

/** A copy of a row with the mark in its texts, and in two fields that no column has. */
function mark(row: unknown): unknown {
  if (!isRow(row)) return row;
  const cells = Object.entries(row).map(([name, value]) => {
    if (isRow(value)) return [name, mark(value)];
    const isText = typeof value === 'string' && !/_at$|^event$/.test(name);
    return [name, isText ? MARK : value];
  });
  return { ...Object.fromEntries(cells), 'Extra Field': MARK, [`é ${MARK}`]: MARK };
}

/** Puts the mark into a list of rows. */
function markAll(value: unknown): unknown {
  return Array.isArray(value) ? value.map((row) => mark(row)) : value;
}

/** Probes a simulator once; each call takes two seconds. Gives the answers by question. */
export async function probed(options: Probing) {
  let time = NOW;
  const {
    changesAfter = [],
    removeAfter,
    maxRetries = MOST_RETRIES,
    before,
    eventStartTokens = {},
    remembered,
    answer,
    ...rest
  } = options;
  const simulator = new Simulator({ callsPerHour: Infinity, ...rest, now: () => time });
  before?.(simulator);
  const traffic: Traffic = {
    sent: [],
    given: new Set(Object.values(eventStartTokens)),
    methods: new Set(),
  };
  const clock: Clock = { now: () => time, sleep: async (ms) => void (time += ms) };
  const evidence = noEvidence();
  const clockAhead: number[] = [];
  const limit = new CallLimit();
  const client = clientOf(
    async (request) => {
      time += 2000;
      traffic.methods.add(request.method);
      traffic.sent.push(...new URL(request.url).searchParams.values());
      const response = await simulator.fetch(request);
      const calls = simulator.calls.length;
      if (changesAfter.includes(calls)) change(simulator, calls);
      if (removeAfter === calls)
        for (const list of CHANGED) simulator.remove(list, idOf(held(simulator, list).at(-1)));
      const shown = response.type === 'error' ? response : await marked(response, traffic);
      return (await answer?.(request, shown)) ?? shown;
    },
    limit.signal,
    clock,
    maxRetries,
    {
      deadline: NOW + MOST_MINUTES * 60_000,
      onCall: () => limit.count(),
      finder: new FormFinder(remembered, () => undefined),
      onHeaders(head) {
        evidence.attempts.push(head);
        const ahead = clockDifference(head.headers, time);
        if (ahead !== null) clockAhead.push(ahead);
      },
    },
  );
  const { unasked, ended } = await probe({
    evidence,
    eventStartTokens,
    limit,
    get: (stream, path, query) => client.get(stream, path, query),
  });
  const facts = factsOf(evidence, clockAhead);
  const answers = findings(evidence, unasked);
  const report = {
    host: 'bolt.test',
    findings: answers,
    facts,
    unasked,
    calls: limit.calls,
    startedAt: NOW,
    endedAt: time,
    ended,
  };
  return {
    found: Object.fromEntries(answers.map(({ question, id }) => [question.id, id])),
    facts,
    unasked,
    ended,
    seconds: (time - NOW) / 1000,
    simulator,
    traffic,
    table: probeText(report),
    json: probeJson(report, '0.0.0', 0),
  };
}

function change(simulator: Simulator, calls: number): void {
  for (const list of CHANGED) {
    const rows = held(simulator, list);
    for (const row of [rows[0], rows.at(-1)])
      if (row !== undefined) simulator.change(list, idOf(row), { name: `changed ${calls}` });
  }
}

function idOf(row: Readonly<Record<string, unknown>> | undefined): number {
  return Number(row?.['id']);
}
