/** Responses before they are sent, in a form that faults can change. */

/** A response. `fetch` and `serve` each implement `broken` in their own way. */
export interface SimulatedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The text, or its pieces if it is large. */
  readonly body: string | Iterable<string>;
  /**
   * What happens to the connection. `reset`: no response; `cut`: it closes after half of the body;
   * `stalled`: it stays open after half of the body.
   */
  readonly broken?: 'reset' | 'cut' | 'stalled';
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/** Makes a JSON response. */
export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): SimulatedResponse {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) };
}

/** Makes an error response in the format of Rails: `{"status": 404, "error": "Not Found"}`. */
export function failure(
  status: number,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): SimulatedResponse {
  return json(status, { status, error }, headers);
}
