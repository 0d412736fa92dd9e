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
  for (const [at, { next, keep, goesOn }] of STEPS.entries()) {
    const unasked = (): string[] => STEPS.slice(at).map(({ name }) => name);
    for (let to = next(evidence, options); to !== null; to = next(evidence, options)) {
      try {
        options.limit.signal.throwIfAborted();
        const response = await answerTo(to, options.get, evidence);
        keep(evidence, response, to);
        if (!isPage(response) && goesOn !== true) break;
      } catch (error) {
        const isLimit = error === options.limit.signal.reason;
        return { evidence, unasked: unasked(), ended: isLimit ? null : error };
      }
    }
  }
  return { evidence, unasked: [], ended: null };
}

/** Whether no other request can have an answer either. */
function isHopeless({ fault }: ApiError, { attempts }: Evidence): boolean {
  // Once the host has answered, one broken request says nothing about the others.
  return fault === 'unauthorized' || (fault === 'unreachable' && attempts.length === 0);
}

async function answerTo(
  { stream, query }: Request,
  get: ProbeOptions['get'],
  evidence: Evidence,
): Promise<Seen | Refused> {
  try {
    const response = await get(stream.name, stream.path, query);
    return seenOf(stream, Object.values(query)[0] ?? null, response);
  } catch (error) {
    if (!(error instanceof ApiError) || isHopeless(error, evidence)) throw error;
    return { status: error.status ?? null };
  }
}
