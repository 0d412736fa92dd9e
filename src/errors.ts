/**
 * Error classes, one for each consequence. A message is one line, contains no secret, and says what
 * was wrong, where, what was found and what to do. `cli/exit-code.ts` maps errors to exit codes.
 */
import type { Code } from './codes.js';

/** An error of this tap. */
export class TapError extends Error {
  override name = 'TapError';
  /** A stable code for logs, the summary and alerts. */
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

/** Why a request failed, by the consequence. */
export type ApiFault =
  /** 401: all streams stop. */
  | 'unauthorized'
  /** 403: this stream fails. */
  | 'forbidden'
  /** Another 4xx. Not retried. The API answers a stale token with one. */
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

/** A request failed, and no retry is left. */
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

/** A response does not have the form of its stream. The stream fails, the others continue. */
export class DataError extends TapError {
  override name = 'DataError';
}

/** stdout could not be written: its reader has closed it (`closed`), or the disk is full. */
export class OutputError extends TapError {
  override name = 'OutputError';
  readonly closed: boolean;

  constructor(message: string, closed: boolean, cause?: unknown) {
    super('OUTPUT_FAILED', message, cause);
    this.closed = closed;
  }
}

/** The run was stopped by a signal or by `max_run_minutes`. Not a failure. */
export class StopError extends TapError {
  override name = 'StopError';
  /** The signal; undefined for `max_run_minutes`. */
  readonly signal: NodeJS.Signals | undefined;

  constructor(message: string, signal?: NodeJS.Signals) {
    super('STOPPED', message);
    this.signal = signal;
  }
}

/** The code of anything thrown: `INTERNAL` if it is not an error of this tap. */
export function codeOf(error: unknown): Code {
  return error instanceof TapError ? error.code : 'INTERNAL';
}

/** The system's code of an error, such as `ENOENT`, or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The message of anything thrown, followed by those of its causes (at most three), on one line. */
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
