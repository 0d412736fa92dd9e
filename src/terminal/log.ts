/**
 * The log on stderr, through pino: text for people and Singer tools, json with the keys that
 * Meltano reads.
 */
import { pino } from 'pino';
import type { Code } from '../codes.js';
import { createRedact } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
export type LogFormat = 'text' | 'json';

/** One method for each level. The code, the stream and the fields are in json lines only. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(code: Code, message: string, fields?: LogFields): void;
  error(code: Code, message: string, fields?: LogFields): void;
  /** A metric in the form that Singer tools parse; at level info. */
  metric(point: MetricPoint): void;
}

/** A measurement: timers in seconds, counters as the increase since the last point. */
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
   * Whether the lines go to a terminal. Text lines then have no time, and metrics are left out:
   * a person sees the lines as they come, and looks at the spinner. False by default.
   */
  readonly isTerminal?: boolean;
  /** Texts that never appear in a line, whoever wrote it. */
  readonly secrets?: readonly string[];
  /** Takes a whole line, with its end. */
  readonly write: (line: string) => void;
  /** ms since 1970 */
  readonly now?: () => number;
}

const APP = 'bolt-eci-tap';

/**
 * Creates the log of a run. Text lines begin with the level in capitals, as Singer tools parse
 * them; the time follows. Json lines hold what Meltano's parser for `structured-logging` needs:
 * level, pid, logger_name, ts, thread_name, app_name, message.
 */
export function createLog(options: LogOptions): Log {
  const { level, format, isTerminal = false, secrets = [], write, now = Date.now } = options;
  const hide = createRedact(secrets);
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
  const say = (
    method: 'debug' | 'info' | 'warn' | 'error',
    code: Code | undefined,
    message: string,
    { stream, ...extra }: LogFields = {},
  ): void =>
    logger[method](
      {
        ...(code !== undefined && { code }),
        ...(stream !== undefined && { stream_name: stream }),
        extra: hideIn(extra, hide),
      },
      hide(message),
    );
  const metric = (point: MetricPoint): void => {
    if (format === 'json') {
      logger.info({ stream_name: point.tags['stream'], metric_info: point, extra: {} }, 'METRIC');
    } else if (!isTerminal && logger.isLevelEnabled('info')) {
      // There is one for each call, and it holds no text of the API: pino is not needed.
      write(`INFO METRIC: ${JSON.stringify(point)}\n`);
    }
  };
  return {
    debug: (message, fields) => say('debug', undefined, message, fields),
    info: (message, fields) => say('info', undefined, message, fields),
    warn: (code, message, fields) => say('warn', code, message, fields),
    error: (code, message, fields) => say('error', code, message, fields),
    metric,
  };
}

/** Fields with the secrets taken out of every text in them. */
function hideIn(fields: object, hide: (text: string) => string): unknown {
  const hidden = JSON.stringify(fields, (_, value: unknown) =>
    typeof value === 'string' ? hide(value) : value,
  );
  return JSON.parse(hidden);
}

/**
 * What must not get from the API's text into a line: it could begin another line, steer the
 * terminal, or change the order in which a line is read.
 */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** The text of a json line: the level, the time, the message. */
function textLine(line: string, hasTime: boolean): string {
  const { level, ts, message }: { level: string; ts: number; message: string } = JSON.parse(line);
  const text = message.replaceAll(CONTROLS, ' ');
  return `${level.toUpperCase()} ${hasTime ? `${timeOf(ts)} ` : ''}${text}\n`;
}

/** Seconds since 1970 as `2026-11-24T06:12:03Z`. */
function timeOf(seconds: number): string {
  return `${new Date(Math.round(seconds * 1000)).toISOString().slice(0, 19)}Z`;
}
