/** The loop of `probe`: it asks the steps of the plan in order, through the client of a sync. */
import type { ApiResponse, Query } from '../../api/query.js';
import { ApiError } from '../../errors.js';
import type { StreamDef } from '../../streams.js';
import type { CallLimit } from './call-limit.js';
import { isPage, noEvidence, seenOf, type Evidence, type Refused, type Seen } from './evidence.js';
import { STEPS } from './steps.js';

/** A request of the plan. */
export interface Request {
  readonly stream: StreamDef;
  readonly query: Query;
}

/** A part of the plan: what to request next, and where the response belongs. */
export interface Step {
  readonly name: string;
  /** Whether the step goes on after a request that was refused. */
  readonly goesOn?: true;
  /** Whether a refusal is the answer that it asks for. */
  readonly asksRefusal?: true;
  /** The next request of the step, or null if it is over, or there is nothing to ask. */
  readonly next: (evidence: Evidence, options: StepOptions) => Request | null;
  readonly keep: (evidence: Evidence, response: Seen | Refused, request: Request) => void;
}

/** What steps know of the settings. */
export interface StepOptions {
  readonly eventStartTokens: Readonly<Record<string, string>>;
}

export interface ProbeOptions extends StepOptions {
  readonly get: (stream: string, path: string, query: Query) => Promise<ApiResponse>;
  readonly limit: CallLimit;
  readonly evidence?: Evidence;
}

/** What a probe has seen, and what ended it early. */
export interface Probed {
  readonly evidence: Evidence;
  /** Steps that were not asked to their end. */
  readonly unasked: readonly string[];
  /** The error that ended the probe, or null. */
  readonly ended: unknown;
}

/** Asks everything that can be asked. It throws nothing: what ended it is in the result. */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { evidence = noEvidence() } = options;
  const left = STEPS.map(({ name }) => name);
  for (const step of STEPS) {
    try {
      const isOver = await ask(step, evidence, options);
      left.shift();
      if (isOver) return { evidence, unasked: left, ended: null };
    } catch (error) {
      const isLimit = error === options.limit.signal.reason;
      return { evidence, unasked: left, ended: isLimit ? null : error };
    }
  }
  return { evidence, unasked: [], ended: null };
}

/** Asks one step to its end. Returns whether no other request will be answered. */
async function ask(step: Step, evidence: Evidence, options: ProbeOptions): Promise<boolean> {
  const { next, keep, name, goesOn } = step;
  for (let to = next(evidence, options); to !== null; to = next(evidence, options)) {
    options.limit.signal.throwIfAborted();
    const response = await answerTo(to, step, options.get, evidence);
    keep(evidence, response, to);
    if (isPage(response)) continue;
    const { status } = response;
    if (goesOn !== true) evidence.withoutPage.push({ step: name, stream: to.stream.name, status });
    // The client sends nothing after a 401.
    if (status === 401) return true;
    if (goesOn !== true) return false;
  }
  return false;
}

async function answerTo(
  { stream, query }: Request,
  step: Step,
  get: ProbeOptions['get'],
  { attempts }: Evidence,
): Promise<Seen | Refused> {
  const sent = Object.values(query)[0] ?? null;
  try {
    const response = await get(stream.name, stream.path, query);
    return seenOf(stream, sent, response, attempts);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { fault, status = null } = error;
    // Once the host has answered, one broken request says nothing about the others.
    if (fault === 'unreachable' && attempts.length === 0) throw error;
    if (fault === 'unauthorized' && step.asksRefusal !== true) throw error;
    return { stream, sent, status, responses: attempts.length };
  }
}
