/** What a request asks for, and what comes back. */

/** The parameters of a request: one token, or none for the first page. */
export type Query = Readonly<Record<string, string>>;

/** A parsed response. */
export interface Answer {
  readonly body: unknown;
  /** Characters of its text, which tell how much memory it takes. */
  readonly size: number;
  /** When all of it had arrived, ms since 1970. */
  readonly arrivedAt: number;
}
