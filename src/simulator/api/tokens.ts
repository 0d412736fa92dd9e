/** Signed tokens as Rails makes them: base64 of JSON, `--`, a hex digest. Each is bound to a path and to its kind. */

import { createHmac } from 'node:crypto';

export const TOKEN_KINDS = ['next_batch', 'refresh_token', 'event_token'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** What stands in a token. */
export interface Payload {
  readonly path: string;
  readonly [key: string]: string | number;
}

export class Tokens {
  readonly #seed: number;
  /** How often the tokens of a kind were made stale: it goes into their key. */
  readonly #expired = new Map<TokenKind, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Makes a token; the same payload gives the same one until tokens of its kind are made stale. */
  issue(kind: TokenKind, payload: Payload): string {
    const body = Buffer.from(JSON.stringify(payload)).toString('base64');
    return `${body}--${this.#sign(kind, body)}`;
  }

  /** What stands in a token; undefined if it is not of this kind and path, stale, or tampered with. */
  read(kind: TokenKind, path: string, token: string): Payload | undefined {
    const [body = '', digest] = token.split('--');
    if (digest === undefined || digest !== this.#sign(kind, body)) return undefined;
    const payload: Payload = JSON.parse(Buffer.from(body, 'base64').toString());
    return payload.path === path ? payload : undefined;
  }

  /** Makes all tokens of a kind stale that were made so far. */
  expire(kind: TokenKind): void {
    this.#expired.set(kind, (this.#expired.get(kind) ?? 0) + 1);
  }

  #sign(kind: TokenKind, body: string): string {
    const key = `${this.#seed}:${kind}:${this.#expired.get(kind) ?? 0}`;
    return createHmac('sha256', key).update(body).digest('hex');
  }
}
