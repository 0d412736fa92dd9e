/**
 * The log on stderr, written with pino: text for people and Singer tools, JSON with the keys that
 * Meltano reads.
 */
import { pino } from 'pino';
import type { Code } from '../codes.js';
import type { LogFormat, LogLevel } from '../system/log-options.js';
import { createRedact, redactStrings, type Redact } from './redact.js';

/** The log of a run. Only JSON lines have the code, the stream and the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(code: Code, message: string, fields?: LogFields): void;
  error(code: Code, message: string, fields?: LogFields): void;
  /** Logs a metric in the form that Singer tools parse, at level info. */
  metric(point: MetricPoint): void;
}

/** A measurement. A timer is in seconds; a counter is the increase since the last point. */
export interface MetricPoint {
  readonly type: 'counter' | 'timer';
  readonly metric: string;
  readonly value: number;
  readonly tags: Readonly<Record<string, string | number>>;
}

export interface LogFields {
  readonly stream?: string;
  readonly [key: string]: unknown;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /**
   * Whether the lines go to a terminal. Text lines then have no time, and metrics are omitted: a
   * person sees when a line appears, and reads progress from the spinner. Default: false.
   */
  readonly isTerminal?: boolean;
  /** Texts to replace by `***` in messages and fields. */
  readonly secrets?: readonly string[];
  /** Called with each line, including its line break. */
  readonly write: (line: string) => void;
  /** ms since 1970 */
  readonly now?: () => number;
}

const APP = 'bolt-eci-tap';

/** Options of the log of a command on stderr. */
export interface StderrLogOptions extends Pick<LogOptions, 'level' | 'format' | 'secrets'> {
  /** The spinner that steps aside for each line, if there is one. */
  readonly progress?: { write(line: string): void } | null;
}

/** Creates the log of a command, on stderr. */
export function createStderrLog({ progress, ...options }: StderrLogOptions): Log {
  return createLog({
    ...options,
    isTerminal: process.stderr.isTTY,
    write: (line) => (progress ? progress.write(line) : process.stderr.write(line)),
  });
}

/**
 * Creates the log of a run. A text line starts with the level in capitals, as Singer tools parse
 * it, then the time. A JSON line has the keys that Meltano's parser for `structured-logging` needs:
 * level, pid, logger_name, ts, thread_name, app_name, message.
 */
export function createLog(options: LogOptions): Log {
  const { level, format, isTerminal = false, secrets = [], write, now = Date.now } = options;
  const redact = createRedact(secrets);
  const logger = pino(
    {
      level: level === 'warning' ? 'warn' : level,
      base: { pid: process.pid, logger_name: APP, thread_name: 'MainThread', app_name: APP },
      messageKey: 'message',
      timestamp: () => `,"ts":${now() / 1000}`,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
    },
    { write: (line: string) => write(format === 'text' ? textLine(line, !isTerminal) : line) },
  );
  const writeLine = (
    method: 'debug' | 'info' | 'warn' | 'error',
    code: Code | undefined,
    message: string,
    { stream, ...extra }: LogFields = {},
  ): void =>
    logger[method](
      {
        ...(code !== undefined && { code }),
        ...(stream !== undefined && { stream_name: stream }),
        extra: redactFields(extra, redact),
      },
      redact(message),
    );
  const metric = (point: MetricPoint): void => {
    if (format === 'json') {
      logger.info({ stream_name: point.tags['stream'], metric_info: point, extra: {} }, 'METRIC');
    } else if (!isTerminal && logger.isLevelEnabled('info')) {
      // Written without pino, which is slower: there is one per call, and it has no text to redact.
      write(`INFO METRIC: ${JSON.stringify(point)}\n`);
    }
  };
  return {
    debug: (message, fields) => writeLine('debug', undefined, message, fields),
    info: (message, fields) => writeLine('info', undefined, message, fields),
    warn: (code, message, fields) => writeLine('warn', code, message, fields),
    error: (code, message, fields) => writeLine('error', code, message, fields),
    metric,
  };
}

/** Redacts every text in the fields, at any depth. */
function redactFields(fields: object, redact: Redact): unknown {
  return JSON.parse(JSON.stringify(fields, redactStrings(redact)));
}

/**
 * Characters that must not reach a line from a text of the API: they could start another line,
 * control the terminal, or change the reading direction.
 */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** Converts a JSON line of pino to a text line: level, time, message. */
function textLine(line: string, hasTime: boolean): string {
  const { level, ts, message }: { level: string; ts: number; message: string } = JSON.parse(line);
  const text = message.replaceAll(CONTROLS, ' ');
  return `${level.toUpperCase()} ${hasTime ? `${formatTime(ts)} ` : ''}${text}\n`;
}

/** Formats seconds since 1970 as `2026-11-24T06:12:03Z`. */
function formatTime(seconds: number): string {
  return `${new Date(Math.round(seconds * 1000)).toISOString().slice(0, 19)}Z`;
}
