/** Requests to the simulator, and the call log. */

import type { AuthorizationForm } from './access.js';

/** The parts of a request that the simulator uses. */
export interface SimulatedRequest {
  readonly method: string;
  readonly url: URL;
  /** Returns a header by its name in lower case; null without one. */
  readonly header: (name: string) => string | null;
  readonly body: () => Promise<string>;
  readonly signal?: AbortSignal;
}

/** An entry of the call log. It contains no secrets. */
export interface SimulatedCall {
  /** In ms, by the simulator's clock. */
  readonly time: number;
  readonly path: string;
  /** The stream with this path. */
  readonly stream: string | undefined;
  /** The query, decoded. */
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: AuthorizationForm;
  /** The status of the response; 0 if the connection was reset. */
  status: number;
}
