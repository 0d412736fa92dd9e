/**
 * Errors, by what follows from them. Messages are one line, hold no secret, and say what was wrong,
 * where, what was found and what to do. `cli/exit-codes.ts` decides which exit code follows.
 */
import type { Code } from './codes.js';

/** An error of this tap. */
export class TapError extends Error {
  override name = 'TapError';
  /** For logs, the summary and alerts. */
  readonly code: Code;

  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** A flag, a setting, the catalog or the state is wrong. Nothing was fetched. */
export class ConfigError extends TapError {
  override name = 'ConfigError';
}

/** What the API did instead of giving a page, by what follows from it. */
export type ApiFault =
  /** 401: all streams stop. */
  | 'unauthorized'
  /** 403: this stream fails. */
  | 'forbidden'
  /** Another 4xx. It is not retried; a stale token is answered so. */
  | 'bad-request'
  /** 5xx in every attempt. */
  | 'server-error'
  /** No response: DNS, TLS, resets, timeouts, in every attempt. */
  | 'unreachable'
  /** A response that is too large, not JSON, or a redirect to another host. */
  | 'unreadable';

const CODE_OF_FAULT: Readonly<Record<ApiFault, Code>> = {
  unauthorized: 'TOKEN_REFUSED',
  forbidden: 'STREAM_FORBIDDEN',
  'bad-request': 'REQUEST_REJECTED',
  'server-error': 'API_FAILED',
  unreachable: 'HOST_UNREACHABLE',
  unreadable: 'RESPONSE_UNREADABLE',
};

interface ApiErrorOptions {
  readonly status?: number | undefined;
  readonly cause?: unknown;
  /** A code more precise than that of the fault. */
  readonly code?: Code;
}

/** The API did not give what was requested. */
export class ApiError extends TapError {
  override name = 'ApiError';
  readonly fault: ApiFault;
  /** The HTTP status, if there was a response. */
  readonly status: number | undefined;

  constructor(message: string, fault: ApiFault, options: ApiErrorOptions = {}) {
    super(options.code ?? CODE_OF_FAULT[fault], message, options.cause);
    this.fault = fault;
    this.status = options.status;
  }
}

/** The API answered, but not in the form of the stream. The stream fails, the others continue. */
export class DataError extends TapError {
  override name = 'DataError';
}

/** stdout could not be written: its reader went away (`closed`), or the disk is full. */
export class OutputError extends TapError {
  override name = 'OutputError';
  readonly closed: boolean;

  constructor(message: string, closed: boolean, cause?: unknown) {
    super('OUTPUT_FAILED', message, cause);
    this.closed = closed;
  }
}

/** The run has to end: a signal came, or its time is up. Nothing is wrong. */
export class StopError extends TapError {
  override name = 'StopError';
  /** The signal; undefined if the time was up. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(message: string, signal?: NodeJS.Signals) {
    super('STOPPED', message);
    this.signal = signal;
  }
}

/** The code of whatever was thrown. */
export function codeOf(error: unknown): Code {
  return error instanceof TapError ? error.code : 'INTERNAL';
}

/** The system's code of an error, such as `ENOENT`; undefined if it has none. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The message of whatever was thrown, with the messages of its causes, on one line. */
export function describe(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at !== undefined && at !== null && parts.length < 4;) {
    const message = messageOf(at);
    if (!parts.some((part) => part.includes(message))) parts.push(message);
    at = at instanceof Error ? at.cause : undefined;
  }
  return parts.join(': ').replaceAll(/\s*[\r\n]+\s*/g, ' ');
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  return typeof thrown === 'string' ? thrown : JSON.stringify(thrown);
}
