/** The log line of a call of the API. */
import type { Call } from '../api/client.js';
import { shorten } from '../singer/state.js';
import type { Log } from '../terminal/log.js';

/** Logs a call for debugging, and a warning if it is sent again. */
export function logCall({ stream, query, status, ms, retry }: Call, log: Log): void {
  const tokens = Object.entries(query).map(([name, token]) => ` ${name}=${shorten(token)}`);
  log.debug(`${stream}:${tokens.join('') || ' from the beginning'}: ${status} after ${ms} ms`, {
    stream,
  });
  if (retry?.ms)
    log.warn('RETRY', `${retry.why}; trying again in ${Math.ceil(retry.ms / 1000)} s`, { stream });
}
