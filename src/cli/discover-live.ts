/** `--discover --live`: the catalog, with the fields that the API sends besides. */
import { systemClock } from '../api/clock.js';
import { openSession } from '../api/session.js';
import { discover } from '../catalog/discover.js';
import { extendCatalog } from '../catalog/extend.js';
import { maskCatalog } from '../catalog/masked-schema.js';
import { plan } from '../catalog/plan.js';
import { createValidator } from '../catalog/validator.js';
import { secretsOf } from '../config/config.js';
import { loadSettings } from '../config/load.js';
import { explore, type Explored } from '../engine/explore.js';
import { ApiError, codeOf, describe, StopError } from '../errors.js';
import { streamsWith, type SyncReport } from '../reports/report.js';
import { NO_STATE } from '../singer/state.js';
import { Writer } from '../singer/writer.js';
import { EXIT } from '../system/exit-codes.js';
import { readJson } from '../system/read-json.js';
import { catchSignals } from '../system/signals.js';
import { createStderrLog, type Log } from '../terminal/log.js';
import { exitCodeOfReport } from './exit-code.js';
import { logCall } from './log-call.js';
import { openMasking } from './open-masking.js';
import type { TapFlags } from './program.js';

/**
 * Requests one page of each selected stream, and prints the catalog with the fields that it does
 * not declare. If that ends early, nothing is printed.
 *
 * @returns the exit code
 * @throws ConfigError if flags, settings or catalog are wrong; no request was made then
 * @throws OutputError if stdout cannot be written
 */
export async function discoverLive(flags: TapFlags): Promise<number> {
  const { config, ...loaded } = await loadSettings(flags);
  const warnings = [...loaded.warnings];
  const log = createStderrLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
  });
  const stop = catchSignals({
    maxRunMinutes: config.maxRunMinutes,
    warn: (message) => log.warn('STOPPED', message),
    beforeExit: async () => undefined,
  });
  try {
    const file = flags.catalog ?? flags.properties;
    const unmasked: unknown = file === undefined ? discover() : readJson(file, 'catalog file');
    const masking = openMasking(config, unmasked, warnings);
    const base = masking ? maskCatalog(unmasked, masking.rules) : unmasked;
    const { streams } = config;
    const planned = plan(base, {
      ...(file !== undefined && { file }),
      ...(streams && { streams }),
    });
    for (const { code, message } of [...warnings, ...planned.warnings]) log.warn(code, message);
    const { client, close } = await openSession({
      config,
      log,
      clock: systemClock,
      signal: stop.signal,
      onCall: (call) => logCall(call, log),
    });
    const writer = new Writer(process.stdout, () => stop.renew());
    const explored = await explore({
      plan: planned,
      state: NO_STATE,
      fullRefresh: [],
      concurrency: config.concurrency,
      maxRejectedShare: config.maxRejectedShare,
      eventStartTokens: config.eventStartTokens,
      validator: createValidator(),
      masking,
      get: (stream, path, query) => client.get(stream, path, query),
      writer,
      log,
      now: () => systemClock.now(),
      signal: stop.signal,
    });
    await close();
    logEnd(explored, log);
    if (explored.report.ended === null) {
      const found = [...explored.observed].map(([name, seen]) => [name, seen.found] as const);
      await writer.write(`${JSON.stringify(extendCatalog(base, new Map(found)), null, 2)}\n`);
      await writer.end();
    }
    return exitCodeOf(explored.report);
  } finally {
    stop.release(new StopError('the discovery is over'));
  }
}

function logEnd({ report: { ended, streams }, observed }: Explored, log: Log): void {
  if (ended === null) {
    const found = [...observed.values()].reduce((sum, one) => sum + one.found.size, 0);
    const works = streamsWith(streams, 'complete').length;
    log.info(`${works} of ${streams.length} streams compared, ${found} new fields`);
  } else if (ended instanceof StopError) {
    const why = ended.signal ? `stopped by ${ended.signal}` : ended.message;
    log.warn('STOPPED', `${why}; no catalog is printed`);
  } else if (!streams.some(({ error }) => error === ended)) {
    log.error(codeOf(ended), describe(ended));
  }
}

/**
 * The exit code. A stream without permission is not a failure here: it stays forbidden, and
 * Meltano discards the catalog of a discovery that failed.
 */
function exitCodeOf(report: SyncReport): number {
  const { streams, ended } = report;
  if (ended instanceof StopError && ended.signal === undefined) return EXIT.failed;
  const works = streams.some(({ outcome }) => outcome === 'complete');
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  if (ended === null && works && failed.every(({ error }) => isForbidden(error)))
    return EXIT.complete;
  return exitCodeOfReport(report);
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.fault === 'forbidden';
}
