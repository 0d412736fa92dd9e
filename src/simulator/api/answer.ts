/** Answers before they are put on the wire, in the form that faults can still be done to. */

/** What is sent back. `broken` says what happens to the connection: `fetch` and `serve` each do it in their way. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The whole text, or its pieces one after another where it is large. */
  readonly body: string | Iterable<string>;
  /** `reset`: no answer at all; `cut`: half of the body, then the end; `stalled`: half of the body, then nothing more. */
  readonly broken?: 'reset' | 'cut' | 'stalled';
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };

/** An answer in JSON. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) };
}

/** An error as Rails answers one: `{"status": 404, "error": "Not Found"}`, with more where there is more to say. */
export function failure(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return json(status, { status, error }, headers);
}
