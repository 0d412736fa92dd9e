/** What the API answered to a probe. Rows and tokens stay in here: the report has neither. */
import type { Form } from '../../api/authorization.js';
import type { Answered } from '../../api/client.js';
import { isObject } from '../../json.js';
import type { StreamDef } from '../../streams.js';

/** A page as the questions see it. */
export interface Seen {
  readonly stream: StreamDef;
  /** The token that was sent, or null. */
  readonly sent: string | null;
  readonly rows: readonly unknown[];
  /** Whether the response was an array, without a field for the rows. */
  readonly isArray: boolean;
  readonly next: string | null;
  readonly refresh: string | null;
  readonly event: string | null;
  /** The server's clock to the second, or null. ms since 1970. */
  readonly serverTime: number | null;
  /** The form of the Authorization header that it came for. */
  readonly form: Form | null;
  /** The number of responses up to this one. */
  readonly responses: number;
}

/** What came instead of a page. */
export interface Refused {
  readonly stream: StreamDef;
  readonly sent: string | null;
  /** The status of the last attempt, or null without a response. */
  readonly status: number | null;
  readonly responses: number;
}

/** A request that brought no page. */
export interface WithoutPage {
  readonly step: string;
  readonly stream: string;
  readonly status: number | null;
}

/** Everything that the probe has seen. */
export interface Evidence {
  /** Every response, retries included. */
  readonly attempts: Answered[];
  /** The first page of each stream. */
  readonly first: Map<string, Seen | Refused>;
  /** The walk of one list from its first page on, and the same walk again afterwards. */
  readonly walk: Seen[];
  readonly again: Seen[];
  /** The response to the refresh token of the end of `walk`, or of a list of one page. */
  refreshed: Seen | Refused | null;
  /** The pages of feeds after their first ones. */
  readonly feed: Seen[];
  /** The responses to corrupted copies of tokens. */
  readonly corrupted: Map<TokenKind, Seen | Refused>;
  readonly withoutPage: WithoutPage[];
}

export const TOKEN_KINDS = ['next_batch', 'refresh_token', 'event_token'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Evidence of nothing yet. */
export function noEvidence(): Evidence {
  return {
    attempts: [],
    first: new Map(),
    walk: [],
    again: [],
    refreshed: null,
    feed: [],
    corrupted: new Map(),
    withoutPage: [],
  };
}

export function isPage(seen: Seen | Refused | null | undefined): seen is Seen {
  return seen !== null && seen !== undefined && 'rows' in seen;
}

/** The pages among responses. */
export function pagesOf(responses: Iterable<Seen | Refused>): Seen[] {
  return [...responses].filter(isPage);
}

/**
 * Reads a response. Without a list of rows it is not a page.
 *
 * @param attempts every response so far; the last one is this
 */
export function seenOf(
  stream: StreamDef,
  sent: string | null,
  { body, serverTime }: { readonly body: unknown; readonly serverTime?: number | undefined },
  attempts: readonly Answered[],
): Seen | Refused {
  const fields = isObject(body) ? body : {};
  const isArray = Array.isArray(body) && stream.paging === 'array';
  const rows = isArray ? body : fields[stream.recordsKey];
  const { status = 200, form = null } = attempts.at(-1) ?? {};
  if (!Array.isArray(rows)) return { stream, sent, status, responses: attempts.length };
  const text = (name: TokenKind): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value.trim() !== '' ? value : null;
  };
  return {
    stream,
    sent,
    rows,
    isArray,
    next: text('next_batch'),
    refresh: text('refresh_token'),
    event: text('event_token'),
    serverTime: serverTime ?? null,
    form,
    responses: attempts.length,
  };
}

/**
 * A copy of a token with its last character changed, which is a part of the digest. The token
 * itself is not spent.
 */
export function corrupted(token: string): string {
  const at = token.length - 1;
  const last = token[at] === '0' ? '1' : '0';
  return token.slice(0, at) + last;
}
