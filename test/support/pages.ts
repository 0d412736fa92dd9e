/** Walks of one stream against answers made by hand, without a client. */
import { ApiError } from '#src/errors.js';
import type { Query } from '#src/api/query.js';
import type { Bookmark } from '#src/singer/state.js';
import { STREAMS, type StreamDef } from '#src/streams.js';
import { walk, type Page, type WalkOptions } from '#src/engine/walk.js';

/** When every answer arrives. */
export const ARRIVED = Date.UTC(2025, 0, 31);
/** The size that each answer is said to have. */
export const SIZE = 80_000;

export function streamOf(name: string): StreamDef {
  const stream = STREAMS.find((one) => one.name === name);
  if (stream === undefined) throw new RangeError(`no stream ${name}`);
  return stream;
}

/** A 4xx as the client throws it. */
export function refusal(status: number): ApiError {
  return new ApiError(`the API does not accept the request (HTTP ${status})`, 'bad-request', {
    status,
  });
}

/** What a walk did. */
export interface Walked {
  readonly asked: readonly Query[];
  readonly pages: readonly Page[];
  readonly rows: readonly unknown[];
  /** The bookmark of the last page. */
  readonly bookmark: Bookmark | undefined;
  readonly warnings: readonly string[];
  /** What ended it before its end. */
  readonly error: unknown;
}

/**
 * Walks a stream to its end. `answer` returns the body for the query and number of each request, or
 * an error to throw.
 */
export async function walked(
  name: string,
  answer: (query: Query, number: number) => unknown,
  options: Partial<WalkOptions> = {},
): Promise<Walked> {
  const asked: Query[] = [];
  const warnings: string[] = [];
  const pages: Page[] = [];
  let error: unknown = null;
  const walking = walk(streamOf(name), {
    bookmark: {},
    fullTable: false,
    warn: (_code, message) => void warnings.push(message),
    get: async (query) => {
      asked.push(query);
      const body = answer(query, asked.length - 1);
      if (body instanceof Error) throw body;
      return { body, size: SIZE, arrivedAt: ARRIVED };
    },
    ...options,
  });
  try {
    for await (const page of walking) pages.push(page);
  } catch (thrown) {
    error = thrown;
  }
  const rows = pages.flatMap((page) => page.rows);
  return { asked, pages, rows, bookmark: pages.at(-1)?.bookmark, warnings, error };
}

/** The message of an error, or of none. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
