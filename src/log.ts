/** Log lines on stderr through pino: text for people and Singer tools, json with the keys that Meltano reads. */
import { pino } from 'pino';
import { createRedact } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';
export type LogFormat = 'text' | 'json';

/** What is said, at its level; the stream and the fields go into json lines alone. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A metric, as Singer tools read it; at level info. */
  metric(point: MetricPoint): void;
}

/** A measurement: timers in seconds, counters since they were said last. */
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
  /** Texts that never appear in a line, whoever wrote it. */
  readonly secrets?: readonly string[];
  /** Takes a whole line, with its end. */
  readonly write: (line: string) => void;
  /** ms since 1970 */
  readonly now?: () => number;
}

const APP = 'bolt-eci-tap';

/**
 * Makes the log of a run. Text lines begin with the level in capitals, as Singer tools parse them. Json lines hold what
 * Meltano's parser for `structured-logging` wants of each: level, pid, logger_name, ts, thread_name, app_name, message.
 */
export function createLog({ level, format, secrets = [], write, now = Date.now }: LogOptions): Log {
  const hide = createRedact(secrets);
  const put = format === 'text' ? textLine : (line: string) => line;
  const logger = pino(
    {
      level: level === 'warning' ? 'warn' : level,
      base: { pid: process.pid, logger_name: APP, thread_name: 'MainThread', app_name: APP },
      messageKey: 'message',
      timestamp: () => `,"ts":${now() / 1000}`,
      formatters: { level: (label) => ({ level: label === 'warn' ? 'warning' : label }) },
    },
    { write: (line: string) => write(put(line)) },
  );
  const say =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, { stream, ...extra }: LogFields = {}): void =>
      logger[method](
        { ...(stream !== undefined && { stream_name: stream }), extra: hideIn(extra, hide) },
        hide(message),
      );
  const metric = (point: MetricPoint): void => {
    if (format === 'json') {
      logger.info({ stream_name: point.tags['stream'], metric_info: point, extra: {} }, 'METRIC');
    } else if (logger.isLevelEnabled('info')) {
      // There is one a call, and nothing of the API's own text in it: the way through pino and back is spared.
      write(`INFO METRIC: ${JSON.stringify(point)}\n`);
    }
  };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error'), metric };
}

/** Fields without secrets, wherever in them a text holds one. */
function hideIn(fields: object, hide: (text: string) => string): unknown {
  const hidden = JSON.stringify(fields, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value));
  return JSON.parse(hidden);
}

/** A line for people. What the API sent may be quoted in it, and must neither begin a line of its own nor steer the terminal. */
function textLine(line: string): string {
  const { level, message }: { level: string; message: string } = JSON.parse(line);
  return `${level.toUpperCase()} ${message.replaceAll(/\p{Cc}+/gu, ' ')}\n`;
}
