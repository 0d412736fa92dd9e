/** `bolt-eci-tap probe`: what the API of a tenant does where the documentation is silent. */
import { systemClock } from '../api/clock.js';
import { FIRST_RESPONSE_OF_CHECK_S, openSession } from '../api/session.js';
import { secretsOf, type Config } from '../config/config.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { CallLimit, MOST_MINUTES, MOST_RETRIES } from '../engine/probe/call-limit.js';
import { noEvidence } from '../engine/probe/evidence.js';
import { clockDifference, factsOf } from '../engine/probe/facts.js';
import { probe, type Probed } from '../engine/probe/probe.js';
import { findings } from '../engine/probe/questions.js';
import { codeOf, describe, OutputError, StopError } from '../errors.js';
import { probeJson, probeText, type ProbeReport } from '../reports/probe-report.js';
import { checkReportFile, writeReportFile } from '../reports/report-files.js';
import { Writer } from '../singer/writer.js';
import { EXIT } from '../system/exit-codes.js';
import { packageInfo } from '../system/package-files.js';
import { catchSignals } from '../system/signals.js';
import { isClosed } from '../system/write-file.js';
import { createStderrLog, type Log } from '../terminal/log.js';
import { exitCodeOfError } from './exit-code.js';
import { logCall } from './log-call.js';

/** The flags of the subcommand. */
export interface ProbeFlags extends SettingFlags {
  readonly report?: string | undefined;
}

/**
 * Asks the plan of questions, prints the table, and writes `--report`.
 *
 * @returns the exit code
 * @throws ConfigError if flags or settings are wrong
 * @throws OutputError if stdout cannot be written
 */
export async function runProbe(flags: ProbeFlags): Promise<number> {
  if (isClosed(1)) throw new OutputError('stdout is closed: the table has nowhere to go', false);
  const { config: settings, warnings } = await loadSettings(flags);
  const config = limited(settings);
  const log = createStderrLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
  });
  const stop = catchSignals({
    maxRunMinutes: config.maxRunMinutes,
    limitOf: limitOf(config),
    warn: (message) => log.warn('STOPPED', message),
  });
  try {
    for (const { code, message } of warnings) log.warn(code, message);
    if (flags.report !== undefined) checkReportFile('--report', flags.report);
    const made = await ask(config, log, stop.signal);
    const code = exitCodeOf(made);
    if (flags.report !== undefined)
      writeReportFile('--report', flags.report, probeJson(made, packageInfo().version, code), log);
    try {
      const writer = new Writer(process.stdout);
      await writer.write(probeText(made));
      await writer.end();
    } finally {
      // Below the table, where a person looks first.
      if (made.ended !== null) log.error(codeOf(made.ended), describe(made.ended));
    }
    return code;
  } finally {
    stop.release(new StopError('the probe is over'));
  }
}

/** The settings within the limits of a probe. */
function limited(config: Config): Config {
  return {
    ...config,
    maxRunMinutes: Math.min(config.maxRunMinutes ?? Infinity, MOST_MINUTES),
    maxRetries: Math.min(config.maxRetries, MOST_RETRIES),
  };
}

/** What limits the time of a probe, for messages. */
function limitOf({ maxRunMinutes }: Config): string | undefined {
  return maxRunMinutes === MOST_MINUTES
    ? `the probe's limit of ${MOST_MINUTES} minutes`
    : undefined;
}

async function ask(config: Config, log: Log, signal: AbortSignal): Promise<ProbeReport> {
  const startedAt = systemClock.now();
  const evidence = noEvidence();
  const clockAhead: number[] = [];
  const limit = new CallLimit();
  const { client, close } = await openSession({
    config,
    log,
    clock: systemClock,
    firstResponseS: FIRST_RESPONSE_OF_CHECK_S,
    limitOf: limitOf(config),
    signal: AbortSignal.any([signal, limit.signal]),
    onCall(call) {
      limit.count();
      logCall(call, log);
    },
    onHeaders(answer) {
      evidence.attempts.push(answer);
      const ahead = clockDifference(answer.headers, systemClock.now());
      if (ahead !== null) clockAhead.push(ahead);
    },
  });
  const probed: Probed = await probe({
    evidence,
    limit,
    eventStartTokens: config.eventStartTokens,
    get: (stream, path, query) => client.get(stream, path, query),
  });
  await close();
  return {
    host: config.baseUrl.host,
    findings: findings(evidence, probed.unasked),
    facts: factsOf(evidence, clockAhead),
    unasked: probed.unasked,
    calls: limit.calls,
    startedAt,
    endedAt: systemClock.now(),
    ended: probed.ended,
  };
}

function exitCodeOf({ ended, findings: found, facts, unasked }: ProbeReport): number {
  if (ended !== null) return exitCodeOfError(ended) || EXIT.failed;
  const { streams } = facts;
  if (streams.length > 0 && streams.every(({ status }) => status === 403)) return EXIT.unauthorized;
  const isOpen = found.some(({ question, id }) => id === null && question.chance !== true);
  return unasked.length > 0 || isOpen ? EXIT.failed : EXIT.complete;
}
