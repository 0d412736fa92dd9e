/**
 * The few kinds of errors, told apart by what follows from them. Messages are one line, hold no secret, and say what was
 * wrong, where, what was got and what to do. Which exit code each leads to is `cli.ts`' business alone.
 */

/** A flag, setting, catalog or state file is wrong: nothing is fetched. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** What became of a request, by what follows from it. */
export type ApiFault =
  /** 401: the token is refused, all streams stop. */
  | 'refused'
  /** 403: this stream is not for this token. */
  | 'forbidden'
  /** Another 4xx: asking again is no use; a stale token is answered so. */
  | 'rejected'
  /** 5xx that stayed after all tries. */
  | 'broken'
  /** No answer: DNS, TLS, resets, time-outs, after all tries. */
  | 'unreachable'
  /** An answer that is too large, no JSON, or a redirect elsewhere. */
  | 'unreadable';

/** The API did not give what was asked for. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly fault: ApiFault;
  /** The HTTP status, where there was an answer. */
  readonly status: number | undefined;

  constructor(
    message: string,
    fault: ApiFault,
    options: { status?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.fault = fault;
    this.status = options.status;
  }
}

/** The API answered, but not in the form that its stream has: the stream fails, the others go on. */
export class DataError extends Error {
  override name = 'DataError';
}

/** stdout could not be written: its reader went away (`closed`), or the disk behind it is full. */
export class OutputError extends Error {
  override name = 'OutputError';
  readonly closed: boolean;

  constructor(message: string, closed: boolean, cause?: unknown) {
    super(message, { cause });
    this.closed = closed;
  }
}

/** The run was told to end: by a signal, or because its time is up. No fault of anybody. */
export class StopError extends Error {
  override name = 'StopError';
  /** The signal, or undefined where the time was up. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(message: string, signal?: NodeJS.Signals) {
    super(message);
    this.signal = signal;
  }
}

/** The message of whatever was thrown, with the messages of its causes, on one line. */
export function describe(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && parts.length < 4;) {
    const message =
      at instanceof Error
        ? at.message || at.name
        : typeof at === 'string'
          ? at
          : JSON.stringify(at);
    if (!parts.some((part) => part.includes(message))) parts.push(message);
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join(': ').replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
