/**
 * The settings as data: the one place that lists them. Their check, their environment names, `--about`, the README's table
 * and the Meltano definition are all made from this.
 */

import { STREAMS } from '../streams.js';

interface Common {
  /** As in a config file. */
  readonly name: string;
  /** One line for the README. */
  readonly description: string;
  readonly required?: true;
  /** What the default is, in words, where it depends on the machine. */
  readonly defaultText?: string;
  readonly example?: string;
  /** The flag that stands for it, and its group in `--help`. */
  readonly flag?: {
    /** As commander takes it. */
    readonly name: string;
    readonly description: string;
    readonly group: 'selection' | 'output';
  };
}

/** `password` is text that is never shown, `url` text that is made into a URL. */
export interface TextSetting extends Common {
  readonly kind: 'string' | 'password' | 'url';
  readonly default?: string;
  /** The form of the text, as a regular expression and in words. */
  readonly form?: { readonly pattern: string; readonly words: string };
}

/** Both limits are included. */
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

/** Texts by name; `keys` are the names it may hold. */
export interface ObjectSetting extends Common {
  readonly kind: 'object';
  readonly default: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
}

export type Setting = TextSetting | NumberSetting | OptionsSetting | ArraySetting | ObjectSetting;

// What both forms of the Authorization header can carry: Rails splits it at commas, semicolons and tabs.
const HEADER_TEXT = {
  pattern: '^(?! )[\\x20\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e\\xa1-\\xff]+(?<! )$',
  words: 'text without line breaks, quotes, commas, semicolons, backslashes or blanks around it',
} as const;

export const SETTINGS = [
  {
    name: 'base_url',
    kind: 'url',
    description:
      'Address of the API, with or without `/open/v1`; https, save for this machine itself',
    default: 'https://app.bolttech.net',
  },
  {
    name: 'api_token',
    kind: 'password',
    description: 'The API token',
    required: true,
    form: HEADER_TEXT,
  },
  {
    name: 'api_token_name',
    kind: 'string',
    description: 'The name that was issued with the token',
    form: HEADER_TEXT,
  },
  {
    name: 'xsrf_token',
    kind: 'password',
    description: 'Value of the XSRF-TOKEN cookie, which some tenants need',
    form: {
      pattern: '^[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]+$',
      words:
        'text as a cookie can carry it, without blanks, quotes, commas, semicolons or backslashes',
    },
  },
  {
    name: 'user_agent',
    kind: 'string',
    description: 'How the tap introduces itself to the API',
    defaultText: 'name and version of the tap and of Node',
    form: {
      pattern: '^(?! )[\\x20-\\x7e\\xa1-\\xff]+(?<! )$',
      words: 'one line of Latin text without blanks around it',
    },
  },
  {
    name: 'streams',
    kind: 'array',
    description: 'Sync these alone, of those that the catalog selects',
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
      "Calls in any hour at most; the API's 1,000 are the tenant's, others live off them too",
    default: 900,
    minimum: 1,
    maximum: 1_000_000,
  },
  {
    name: 'calls_per_second',
    kind: 'number',
    description: 'Calls in a second at most',
    default: 5,
    minimum: 0.01,
    maximum: 1000,
  },
  {
    name: 'concurrency',
    kind: 'integer',
    description: 'Requests in flight at most, of all streams together',
    default: 4,
    minimum: 1,
    maximum: 64,
  },
  {
    name: 'request_timeout_s',
    kind: 'number',
    description: 'Seconds after which a request without an answer is given up and tried again',
    default: 60,
    minimum: 1,
    maximum: 3600,
  },
  {
    name: 'max_retries',
    kind: 'integer',
    description:
      'How often a failed request is tried again; waiting for the rate limit does not count',
    default: 8,
    minimum: 0,
    maximum: 100,
  },
  {
    name: 'max_run_minutes',
    kind: 'number',
    description:
      'Minutes after which a run stops, bookmarks what it has, and ends well; without it, when all is synced',
    minimum: 0.1,
    maximum: 525_600,
  },
  {
    name: 'max_response_mb',
    kind: 'number',
    description: 'Size of an answer in megabytes at most',
    default: 64,
    minimum: 1,
    maximum: 256,
  },
  {
    name: 'event_start_tokens',
    kind: 'object',
    description: 'The event token that a feed begins with, by stream, where it has no bookmark',
    default: {},
    keys: STREAMS.filter(({ paging }) => paging === 'events').map(({ name }) => name),
    example: '{"job_events": "…"}',
  },
  {
    name: 'max_rejected_share',
    kind: 'number',
    description: 'The share of rows with something rejected, above which a stream fails',
    default: 0.1,
    minimum: 0,
    maximum: 1,
  },
  {
    name: 'cache_dir',
    kind: 'string',
    description: 'Folder in which the calls of the last hour are remembered between runs',
    defaultText: "the user's cache folder",
  },
  {
    name: 'log_level',
    kind: 'options',
    description: 'The least of what is logged',
    default: 'info',
    options: ['debug', 'info', 'warning', 'error'],
    flag: {
      name: '--log-level <level>',
      description: 'debug, info, warning or error',
      group: 'output',
    },
  },
  {
    name: 'log_format',
    kind: 'options',
    description: 'Form of the log on stderr: lines for people, or JSON as Meltano reads it',
    default: 'text',
    options: ['text', 'json'],
    flag: { name: '--log-format <format>', description: 'text or json', group: 'output' },
  },
  {
    name: 'summary_file',
    kind: 'string',
    description: 'File for what happened, as JSON',
    flag: { name: '--summary <file>', description: 'write what happened as JSON', group: 'output' },
  },
  {
    name: 'metrics_file',
    kind: 'string',
    description: 'File for what happened, as Prometheus reads it',
    flag: {
      name: '--metrics-file <file>',
      description: 'write what happened for Prometheus',
      group: 'output',
    },
  },
] as const satisfies readonly Setting[];

/** How the environment calls a setting. */
export function environmentName(setting: string): string {
  return `TAP_BOLT_ECI_${setting.toUpperCase()}`;
}
