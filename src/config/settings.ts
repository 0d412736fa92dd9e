/**
 * The declaration of the settings. Their validation, their environment variables and flags,
 * `--about`, docs/settings.md and the Meltano definition are derived from it.
 */

import { STREAMS } from '../streams.js';
import { LOG_FORMATS, LOG_LEVELS } from '../system/log-options.js';

interface Common {
  /** The name in a config file. */
  readonly name: string;
  /** One line, without a full stop. */
  readonly description: string;
  readonly required?: true;
  /** The default in words, if it depends on the machine. */
  readonly defaultText?: string;
  readonly example?: string;
  /** The flag that sets it, with its group in `--help`. */
  readonly flag?: {
    /** In commander's notation: `--summary <file>`. */
    readonly name: string;
    readonly description: string;
    readonly group: 'selection' | 'output';
  };
}

/** `password` is text that is never shown; `url` is text that is converted to a URL. */
export interface TextSetting extends Common {
  readonly kind: 'string' | 'password' | 'url';
  readonly default?: string;
  /** The expected form of the text, as a regular expression and in words. */
  readonly form?: { readonly pattern: string; readonly words: string };
}

/** The limits are inclusive. */
export interface NumberSetting extends Common {
  readonly kind: 'integer' | 'number';
  readonly default?: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One of a few words. */
export interface OptionsSetting extends Common {
  readonly kind: 'options';
  readonly default: string;
  readonly options: readonly string[];
}

/** A list of texts. */
export interface ArraySetting extends Common {
  readonly kind: 'array';
  readonly default?: readonly string[];
}

/** An object with text values; `keys` are the names that it may have. */
export interface ObjectSetting extends Common {
  readonly kind: 'object';
  readonly default: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
}

/** An object with any names, whose values are words or null. Objects in it have the same form. */
export interface WordsSetting extends Common {
  readonly kind: 'words';
  readonly default: Readonly<Record<string, unknown>>;
  readonly options: readonly string[];
}

/** On or off. */
export interface BooleanSetting extends Common {
  readonly kind: 'boolean';
  readonly default: boolean;
}

export type Setting =
  | TextSetting
  | NumberSetting
  | OptionsSetting
  | ArraySetting
  | ObjectSetting
  | WordsSetting
  | BooleanSetting;

// Text that both forms of the Authorization header can carry. Rails splits the header at commas,
// semicolons and tabs.
const HEADER_TEXT = {
  pattern: '^(?! )[\\x20\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e\\xa1-\\xff]+(?<! )$',
  words: 'text without line breaks, quotes, commas, semicolons, backslashes, or spaces at its ends',
} as const;

export const SETTINGS = [
  {
    name: 'base_url',
    kind: 'url',
    description:
      'URL of the API, with or without `/open/v1`. It must use https, except for loopback',
    default: 'https://app.bolttech.net',
  },
  {
    name: 'api_token',
    kind: 'password',
    description: 'API token',
    required: true,
    form: HEADER_TEXT,
  },
  {
    name: 'api_token_name',
    kind: 'string',
    description: 'Name that was issued with the token',
    form: HEADER_TEXT,
  },
  {
    name: 'xsrf_token',
    kind: 'password',
    description: 'Value of the `XSRF-TOKEN` cookie, which some tenants need',
    form: {
      pattern: '^[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]+$',
      words: 'ASCII text without spaces, quotes, commas, semicolons, or backslashes',
    },
  },
  {
    name: 'user_agent',
    kind: 'string',
    description: 'Value of the `User-Agent` header',
    defaultText: 'names and versions of the tap and of Node',
    form: {
      pattern: '^(?! )[\\x20-\\x7e\\xa1-\\xff]+(?<! )$',
      words: 'one line of Latin-1 text without spaces at its ends',
    },
  },
  {
    name: 'streams',
    kind: 'array',
    description: 'Sync only these of the streams that the catalog selects',
    example: '["jobs", "work_orders"]',
    flag: {
      name: '--streams <names>',
      description: 'sync only these streams (a,b)',
      group: 'selection',
    },
  },
  {
    name: 'calls_per_hour',
    kind: 'integer',
    description:
      'Maximum number of calls in any hour. The API allows 1,000 per tenant, shared with other integrations',
    default: 900,
    minimum: 1,
    maximum: 1_000_000,
  },
  {
    name: 'calls_per_second',
    kind: 'number',
    description: 'Maximum number of calls per second',
    default: 5,
    minimum: 0.01,
    maximum: 1000,
  },
  {
    name: 'concurrency',
    kind: 'integer',
    description: 'Maximum number of requests in flight, over all streams',
    default: 4,
    minimum: 1,
    maximum: 64,
  },
  {
    name: 'request_timeout_s',
    kind: 'number',
    description: 'Seconds to wait for a complete response before the request is sent again',
    default: 60,
    minimum: 1,
    maximum: 3600,
  },
  {
    name: 'max_retries',
    kind: 'integer',
    description: 'How often a failed request is sent again. Waits for the rate limit do not count',
    default: 8,
    minimum: 0,
    maximum: 100,
  },
  {
    name: 'max_run_minutes',
    kind: 'number',
    description:
      'Minutes after which a run stops. What it wrote is bookmarked, and the exit code is 0',
    minimum: 0.1,
    maximum: 525_600,
  },
  {
    name: 'max_response_mb',
    kind: 'number',
    description: 'Maximum size of a response in megabytes',
    default: 64,
    minimum: 1,
    maximum: 256,
  },
  {
    name: 'event_start_tokens',
    kind: 'object',
    description: 'First event token of each feed, used if the feed has no bookmark',
    default: {},
    keys: STREAMS.filter(({ paging }) => paging === 'events').map(({ name }) => name),
    example: '{"job_events": "…"}',
  },
  {
    name: 'max_rejected_share',
    kind: 'number',
    description: 'Share of rows with a rejected value above which a stream fails',
    default: 0.1,
    minimum: 0,
    maximum: 1,
  },
  {
    name: 'mask_columns',
    kind: 'words',
    description:
      'Columns whose values are replaced by null or by a hash, as docs/privacy.md describes: `column`, `stream.column`, or a pattern with `*`, each with `null` or `hmac`',
    default: {},
    options: ['null', 'hmac'],
    example: '{"home_owner_phone": "hmac", "*_email": "null"}',
  },
  {
    name: 'mask_key',
    kind: 'password',
    description: 'Secret key of the hashes that `hmac` makes: at least 16 random characters',
  },
  {
    name: 'emit_activate_version_messages',
    kind: 'boolean',
    description:
      'Whether a full walk of a list ends with ACTIVATE_VERSION, so that targets may delete rows that it did not return',
    default: false,
  },
  {
    name: 'activate_min_share',
    kind: 'number',
    description:
      'Share of the rows of the previous full walk below which ACTIVATE_VERSION is not emitted',
    default: 0.5,
    minimum: 0,
    maximum: 1,
  },
  {
    name: 'discover_live',
    kind: 'boolean',
    description:
      'Whether `--discover` also asks the API for fields that no schema declares, as with `--live`',
    default: false,
  },
  {
    name: 'cache_dir',
    kind: 'string',
    description: 'Folder that keeps the calls of the last hour between runs',
    defaultText: "the user's cache folder",
  },
  {
    name: 'log_level',
    kind: 'options',
    description: 'Lowest level that is logged',
    default: 'info',
    options: LOG_LEVELS,
    flag: {
      name: '--log-level <level>',
      description: `lowest level that is logged: ${LOG_LEVELS.join(', ')}`,
      group: 'output',
    },
  },
  {
    name: 'log_format',
    kind: 'options',
    description:
      'Format of the log on stderr: text for people, or JSON in the form that Meltano reads',
    default: 'text',
    options: LOG_FORMATS,
    flag: {
      name: '--log-format <format>',
      description: `format of the log: ${LOG_FORMATS.join(', ')}`,
      group: 'output',
    },
  },
  {
    name: 'summary_file',
    kind: 'string',
    description: 'File for a summary of the run, as JSON',
    flag: {
      name: '--summary <file>',
      description: 'write a summary of the run as JSON',
      group: 'output',
    },
  },
  {
    name: 'metrics_file',
    kind: 'string',
    description: "File for metrics of the run, in the format of Prometheus' textfile collector",
    flag: {
      name: '--metrics-file <file>',
      description: 'write metrics of the run for Prometheus',
      group: 'output',
    },
  },
] as const satisfies readonly Setting[];

/** The environment variable of a setting. */
export function environmentName(setting: string): string {
  return `TAP_BOLT_ECI_${setting.toUpperCase()}`;
}

/** The flag of a setting, such as `--summary`; undefined if it has none. */
export function flagOf(setting: Setting | undefined): string | undefined {
  return setting?.flag?.name.split(' ')[0];
}
