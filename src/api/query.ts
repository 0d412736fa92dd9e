/** What the engine passes to the API client, and gets from it. */

/** The query parameters of a request: one token, or none for the first page. */
export type Query = Readonly<Record<string, string>>;

/** A parsed response. */
export interface ApiResponse {
  readonly body: unknown;
  /** Characters of its text: a measure of the memory it needs. */
  readonly size: number;
  /** When it had arrived completely, ms since 1970. */
  readonly arrivedAt: number;
  /** The server's clock when it made the response, ms since 1970; undefined if it did not say. */
  readonly serverTime?: number | undefined;
}
