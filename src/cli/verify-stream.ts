/** Which stream `verify` verifies, and why some cannot be verified. */
import { discover } from '../catalog/discover.js';
import { plan, type PlannedStream } from '../catalog/plan.js';
import { maskStream } from '../catalog/masked-schema.js';
import type { Config } from '../config/config.js';
import { ConfigError } from '../errors.js';
import type { Masking } from '../shape/masking.js';
import { DERIVED_STREAMS, REJECTED, STREAMS } from '../streams.js';
import { didYouMean } from '../system/did-you-mean.js';
import { readJson } from '../system/read-json.js';
import type { Log } from '../terminal/log.js';
import { openMasking } from './open-masking.js';

const LISTS = STREAMS.filter(({ paging }) => paging !== 'events');
const NAMES = LISTS.map(({ name }) => name);
/** Streams that the tap makes of events and of rejected rows: no list of Bolt provides them. */
const MADE: Readonly<Record<string, string>> = {
  [REJECTED]: 'it is made by the tap, and Bolt has no list of it',
  ...Object.fromEntries(
    DERIVED_STREAMS.map(({ name }) => [name, 'it is made of events, and Bolt has no list of it']),
  ),
};

export interface StreamToVerify {
  /** The file of `--catalog`. */
  readonly catalog: string | undefined;
  readonly config: Config;
  readonly log: Log;
}

/**
 * The stream of `--stream`, as the catalog plans it.
 *
 * @returns the stream, and what masks its rows
 * @throws ConfigError if there is no such stream, it is not a list, or the catalog lacks it
 */
export function streamToVerify(
  name: string,
  { catalog, config, log }: StreamToVerify,
): { readonly planned: PlannedStream; readonly masking: Masking | null } {
  const why = MADE[name] ?? feedReason(name);
  if (why !== null)
    throw new ConfigError('USAGE_WRONG', `--stream: ${name} cannot be verified: ${why}`);
  if (!NAMES.includes(name)) {
    const hint = didYouMean(name, NAMES) || `; use one of ${NAMES.join(', ')}`;
    throw new ConfigError(
      'STREAM_UNKNOWN',
      `--stream: there is no stream ${JSON.stringify(name)}${hint}`,
    );
  }
  const given: unknown = catalog === undefined ? undefined : readJson(catalog, 'catalog file');
  const { streams, ...made } =
    catalog === undefined
      ? plan(discover(), { streams: [name] })
      : plan(given, { file: catalog, streams: [name] });
  const [planned] = streams;
  if (planned === undefined) {
    throw new ConfigError(
      'STREAM_NOT_SELECTED',
      `--stream: ${String(catalog)} does not select ${name}: select it there`,
    );
  }
  const warnings = [...made.warnings];
  const masking = openMasking(config, given, warnings);
  for (const { code, message } of warnings) log.warn(code, message);
  return { planned: masking ? maskStream(planned, masking.rules) : planned, masking };
}

function feedReason(name: string): string | null {
  const isFeed = STREAMS.some((stream) => stream.name === name && stream.paging === 'events');
  if (!isFeed) return null;
  const kept = LISTS.filter(({ feed }) => feed?.name === name).map((list) => list.name);
  const instead = kept.length === 0 ? '' : `; verify ${kept.join(', ')} instead`;
  return `it is a feed of events, not a list of rows${instead}`;
}
