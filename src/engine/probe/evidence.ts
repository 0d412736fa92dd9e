/** What the API answered to a probe. Rows and tokens stay in here: the report has neither. */
import type { Answered } from '../../api/client.js';
import { isObject } from '../../json.js';
import type { StreamDef } from '../../streams.js';

/** A page as the questions see it. */
export interface Seen {
  readonly stream: StreamDef;
  /** The token that was sent, or null. */
  readonly sent: string | null;
  readonly rows: readonly unknown[];
  readonly next: string | null;
  readonly refresh: string | null;
  readonly event: string | null;
  /** The server's clock to the second, or null. ms since 1970. */
  readonly serverTime: number | null;
}

/** What came instead of a page: a status, or null without a response. */
export interface Refused {
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
  /** The response to the refresh token of the end of `walk`. */
  refreshed: Seen | Refused | null;
  /** A feed from its first page on. */
  readonly feed: Seen[];
  /** The responses to corrupted copies of tokens. */
  readonly corrupted: Map<TokenKind, Seen | Refused>;
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
  };
}

export function isPage(seen: Seen | Refused | null | undefined): seen is Seen {
  return seen !== null && seen !== undefined && 'rows' in seen;
}

/** Reads a response. Without a list of rows it counts as a response with status 200 and no page. */
export function seenOf(
  stream: StreamDef,
  sent: string | null,
  { body, serverTime }: { readonly body: unknown; readonly serverTime?: number | undefined },
): Seen | Refused {
  const fields = isObject(body) ? body : {};
  const rows = Array.isArray(body) && stream.paging === 'array' ? body : fields[stream.recordsKey];
  if (!Array.isArray(rows)) return { status: 200 };
  const text = (name: TokenKind): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    stream,
    sent,
    rows,
    next: text('next_batch'),
    refresh: text('refresh_token'),
    event: text('event_token'),
    serverTime: serverTime ?? null,
  };
}

/**
 * A copy of a token with one character changed, inside the digest if it has one. The token itself
 * is not spent.
 */
export function corrupted(token: string): string {
  const at = token.length - 1;
  const last = token[at] === '0' ? '1' : '0';
  return token.slice(0, at) + last;
}
