/** A sync, or a test of one: from flags and settings to a plan, a state, a client, and reports. */
import { fstatSync } from 'node:fs';
import { check } from '../engine/check.js';
import { systemClock } from '../api/clock.js';
import { secretsOf, type Config } from '../config/config.js';
import { codeOf, ConfigError, OutputError, StopError } from '../errors.js';
import { readJson } from '../system/read-json.js';
import { loadSettings } from '../config/load.js';
import { createStderrLog, type Log } from '../terminal/log.js';
import { Metrics } from '../reports/metrics.js';
import { feedsFromBeginning, modeLines, type Beginning } from '../engine/mode.js';
import { didYouMean } from '../system/did-you-mean.js';
import { discover } from '../catalog/discover.js';
import { packageInfo } from '../system/package-files.js';
import { maskPlan } from '../catalog/masked-schema.js';
import { plan, type Plan } from '../catalog/plan.js';
import type { Masking } from '../shape/masking.js';
import { createRedact } from '../terminal/redact.js';
import { openReports, type WriteReports } from '../reports/report-files.js';
import { streamsWith, type StreamReport, type SyncReport } from '../reports/report.js';
import { FIRST_RESPONSE_OF_CHECK_S, openSession } from '../api/session.js';
import { readStateFile } from '../singer/state-file.js';
import { NO_STATE, type State } from '../singer/state.js';
import { ALL_STREAMS } from '../streams.js';
import { catchSignals } from '../system/signals.js';
import { resultLine, summaryLines } from '../reports/summary.js';
import { sync } from '../engine/sync.js';
import { CallStats } from '../reports/call-stats.js';
import { CodeCounts } from '../reports/code-counts.js';
import { fileOutput } from '../system/write-file.js';
import { Writer } from '../singer/writer.js';
import { logCall } from './log-call.js';
import { rememberMasks } from './mask-memory.js';
import { openMasking } from './open-masking.js';
import { openProgress } from './open-progress.js';
import { openValidator } from './open-validator.js';
import type { TapFlags } from './program.js';

/**
 * Syncs, or with `--test` requests one page of each stream.
 *
 * @param codeOf the exit code of a report, for the summary
 * @throws ConfigError if flags, settings, catalog or state are wrong; nothing was written then
 */
export async function runSync(
  flags: TapFlags,
  codeOf: (report: SyncReport) => number,
): Promise<SyncReport> {
  const { config, warnings } = await loadSettings(flags);
  const progress = await openProgress(flags, config);
  const secrets = secretsOf(config);
  const codes = new CodeCounts();
  const log = codes.of(
    createStderrLog({ level: config.logLevel, format: config.logFormat, secrets, progress }),
  );
  const startedAt = systemClock.now();
  const callStats = new CallStats();
  const isTest = flags.test === true;
  const metrics = isTest ? null : new Metrics(log, () => systemClock.now());
  let reports: readonly StreamReport[] = [];
  let write: WriteReports | null = null;
  const finish = async (report: SyncReport): Promise<void> => {
    logEnd(report, log, isTest);
    const facts = {
      version: packageInfo().version,
      exitCode: codeOf(report),
      startedAt,
      host: config.baseUrl.host,
      callsPerHour: config.callsPerHour,
      maxRecords: flags.maxRecords ?? null,
      codes: codes.list(),
    };
    if (!isTest) await write?.(report, callStats, facts, systemClock.now());
  };
  const stop = catchSignals({
    maxRunMinutes: config.maxRunMinutes,
    warn: (message) => log.warn('STOPPED', message),
    // The process ends before the sync has returned: report what it did so far.
    async beforeExit() {
      progress?.stop();
      await finish({
        streams: reports,
        ms: systemClock.now() - startedAt,
        ended: stop.signal.reason,
      });
    },
  });
  try {
    for (const { code, message } of warnings) log.warn(code, message);
    const { toSync, masking } = readPlan(flags, config, log);
    const state = readState(flags, log);
    write = await openReports(config, startedAt, createRedact(secrets), log);
    const fullRefresh = streamsToRefresh(flags.fullRefresh, toSync);
    const { eventStartTokens } = config;
    if (!flags.test) {
      logBeginning(toSync, { state, fullRefresh, eventStartTokens }, log);
    }
    const { client, budget, isKnown, close } = await openSession({
      config,
      log,
      clock: systemClock,
      signal: stop.signal,
      ...(flags.test && { firstResponseS: FIRST_RESPONSE_OF_CHECK_S }),
      onCall: (call) => {
        logCall(call, log);
        callStats.add(call);
        callStats.busiestHour = Math.max(callStats.busiestHour, budget.used(systemClock.now()));
        metrics?.onCall(call);
      },
      onWait: (ms) => (callStats.waitedMs += ms),
    });
    if (!isTest) {
      const hasEarlierRows = isKnown && Object.keys(state.bookmarks).length > 0;
      rememberMasks({ config, masking, hasEarlierRows, log });
    }
    const report = await (flags.test ? check : sync)({
      plan: toSync,
      state,
      fullRefresh,
      maxRecords: flags.maxRecords,
      concurrency: config.concurrency,
      maxRejectedShare: config.maxRejectedShare,
      activateMinShare: config.emitActivateVersionMessages ? config.activateMinShare : undefined,
      eventStartTokens,
      masking,
      validator: await openValidator(toSync),
      get: (stream, path, query) => client.get(stream, path, query),
      writer: new Writer(isFile(1) ? fileOutput(1) : process.stdout, () => stop.renew()),
      log,
      now: () => systemClock.now(),
      signal: stop.signal,
      onBegin: (all) => {
        reports = all;
      },
      onProgress: (stream) => {
        metrics?.onProgress(stream);
        progress?.show(stream, budget.room(systemClock.now()));
      },
      onEnd: (stream) => metrics?.onEnd(stream),
    });
    await close();
    await finish(report);
    return report;
  } finally {
    progress?.stop();
    stop.release(new StopError('the run is over'));
  }
}

/** Logs how each stream begins, and which feeds may take long. */
function logBeginning({ streams }: Plan, from: Beginning, log: Log): void {
  for (const line of modeLines(streams, from)) log.info(line);
  const feeds = feedsFromBeginning(streams, from);
  if (feeds.length === 0) return;
  log.warn(
    'FEED_FROM_BEGINNING',
    `${feeds.join(', ')}: no bookmark, so read from the beginning. In a large tenant this takes ` +
      `tens of thousands of calls, which is days; to begin later, set event_start_tokens`,
  );
}

function isFile(descriptor: number): boolean {
  return fstatSync(descriptor).isFile();
}

function readPlan(
  flags: TapFlags,
  config: Config,
  log: Log,
): { readonly toSync: Plan; readonly masking: Masking | null } {
  const file = flags.catalog ?? flags.properties;
  const streams = config.streams && { streams: config.streams };
  const given: unknown = file === undefined ? undefined : readJson(file, 'catalog file');
  const made =
    file === undefined ? plan(discover(), { ...streams }) : plan(given, { file, ...streams });
  const warnings = [...made.warnings];
  const masking = openMasking(config, given, warnings);
  for (const { code, message } of warnings) log.warn(code, message);
  return { toSync: masking ? maskPlan(made, masking.rules) : made, masking };
}

function readState({ state: file }: TapFlags, log: Log): State {
  if (file === undefined) return NO_STATE;
  const { state, notes, warnings } = readStateFile(file);
  for (const note of notes) log.info(note);
  for (const { code, message } of warnings) log.warn(code, message);
  return state;
}

/** @throws ConfigError if `--full-refresh` names a stream that is unknown or not to be synced */
function streamsToRefresh(names: string | undefined, { streams }: Plan): string[] {
  const known = streams.map(({ stream }) => stream.name);
  if (names === undefined) return [];
  if (names.trim() === 'all') return known;
  return names.split(',').map((part) => {
    const name = part.trim();
    if (known.includes(name)) return name;
    const all = ALL_STREAMS.map((stream) => stream.name);
    if (all.includes(name)) {
      throw new ConfigError(
        'USAGE_WRONG',
        `--full-refresh: ${name} is not among the streams to sync (${known.join(', ')})`,
      );
    }
    const hint = didYouMean(name, [...all, 'all']) || `; use "all" or some of ${known.join(', ')}`;
    throw new ConfigError(
      'STREAM_UNKNOWN',
      `--full-refresh: there is no stream ${JSON.stringify(name)}${hint}`,
    );
  });
}

function logEnd(report: SyncReport, log: Log, isTest: boolean): void {
  const { ended, streams } = report;
  // `| head` is not an error, and a target that failed has reported why.
  if (ended instanceof OutputError && ended.closed) return;
  if (ended instanceof StopError) {
    const left = streamsWith(streams, 'stopped', 'skipped');
    const why = ended.signal ? `stopped by ${ended.signal}` : ended.message;
    log.warn(
      'STOPPED',
      `${why}; the next run continues from the last STATE with ${left.join(', ') || 'nothing'}`,
    );
  } else if (ended instanceof Error && !streams.some(({ error }) => error === ended))
    log.error(codeOf(ended), ended.message);
  if (isTest) {
    log.info(`${streamsWith(streams, 'complete').length} of ${streams.length} streams work`);
  } else if (streams.some(({ outcome }) => outcome !== 'skipped')) {
    for (const line of [...summaryLines(report), resultLine(report)]) log.info(line);
  }
}
