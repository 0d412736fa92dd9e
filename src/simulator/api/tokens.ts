/**
 * Signed tokens in the format of Rails: JSON in base64, `--`, a hex digest. A token is valid only
 * for its kind and its path.
 */

import { createHmac } from 'node:crypto';

export const TOKEN_KINDS = ['next_batch', 'refresh_token', 'event_token'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** The content of a token. */
export interface Payload {
  readonly path: string;
  readonly [key: string]: string | number;
}

export class Tokens {
  readonly #seed: number;
  /** How often the tokens of a kind were expired. It is part of the signing key. */
  readonly #expired = new Map<TokenKind, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Makes a token. The same payload gives the same token until tokens of the kind are expired. */
  issue(kind: TokenKind, payload: Payload): string {
    const body = Buffer.from(JSON.stringify(payload)).toString('base64');
    return `${body}--${this.#sign(kind, body)}`;
  }

  /**
   * Returns the content of a token; undefined if the token is expired, forged, or of another kind
   * or path.
   */
  read(kind: TokenKind, path: string, token: string): Payload | undefined {
    const [body = '', digest] = token.split('--');
    if (digest === undefined || digest !== this.#sign(kind, body)) return undefined;
    const payload: Payload = JSON.parse(Buffer.from(body, 'base64').toString());
    return payload.path === path ? payload : undefined;
  }

  /** Invalidates all existing tokens of a kind. */
  expire(kind: TokenKind): void {
    this.#expired.set(kind, (this.#expired.get(kind) ?? 0) + 1);
  }

  #sign(kind: TokenKind, body: string): string {
    const key = `${this.#seed}:${kind}:${this.#expired.get(kind) ?? 0}`;
    return createHmac('sha256', key).update(body).digest('hex');
  }
}
