/** `bolt-eci-tap verify`: whether a destination holds what Bolt holds. */
import { createHash } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../api/clock.js';
import { openSession } from '../api/session.js';
import type { PlannedStream } from '../catalog/plan.js';
import { createValidator } from '../catalog/validator.js';
import { secretsOf, type Config } from '../config/config.js';
import { loadSettings, type SettingFlags } from '../config/load.js';
import { BoltRows } from '../engine/verify/bolt-rows.js';
import type { Comparison } from '../engine/verify/comparison.js';
import { Destination } from '../engine/verify/destination.js';
import {
  readPosition,
  removePosition,
  writePosition,
  type PositionFile,
} from '../engine/verify/position-file.js';
import { readRows } from '../engine/verify/read-rows.js';
import { Repair } from '../engine/verify/repair.js';
import { BEGINNING, Verification, type Position } from '../engine/verify/verify.js';
import { describe, StopError } from '../errors.js';
import { CallStats } from '../reports/call-stats.js';
import type { Masking } from '../shape/masking.js';
import { Writer } from '../singer/writer.js';
import { packageInfo } from '../system/package-files.js';
import { catchSignals, type Stop } from '../system/signals.js';
import { fileOutput } from '../system/write-file.js';
import { createStderrLog, type Log } from '../terminal/log.js';
import type { Progress } from '../terminal/progress.js';
import { logCall } from './log-call.js';
import { openProgress } from './open-progress.js';
import { checkFiles, logRows } from './verify-begin.js';
import { endVerify } from './verify-end.js';
import { streamToVerify } from './verify-stream.js';

/** The flags of the subcommand. */
export interface VerifyFlags extends SettingFlags {
  readonly stream: string;
  readonly catalog?: string | undefined;
  readonly report?: string | undefined;
  readonly emit?: true | undefined;
  readonly progress: boolean;
}

/** What a verification is made of, once the rows of the destination are read. */
export interface Parts {
  readonly flags: VerifyFlags;
  readonly config: Config;
  readonly log: Log;
  readonly planned: PlannedStream;
  readonly masking: Masking | null;
  readonly destination: Destination;
  readonly comparison: Comparison;
  readonly file: PositionFile;
  readonly calls: CallStats;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly progress: Progress | null;
}

/**
 * Reads the destination's rows from stdin, walks the stream, and reports what differs.
 *
 * @returns the exit code
 * @throws ConfigError if flags, settings or stdin are wrong
 * @throws StopError if a signal came while stdin was read
 */
export async function verify(flags: VerifyFlags): Promise<number> {
  const { config, warnings } = await loadSettings(flags);
  const startedAt = systemClock.now();
  const progress = await openProgress(flags, config);
  const log = createStderrLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
    progress,
  });
  let atOnce: (() => void) | null = null;
  const stop = catchSignals({
    maxRunMinutes: config.maxRunMinutes,
    warn: (message) => log.warn('STOPPED', message),
    beforeExit: async () => atOnce?.(),
  });
  try {
    for (const { code, message } of warnings) log.warn(code, message);
    const { catalog } = flags;
    const { planned, masking } = streamToVerify(flags.stream, { catalog, config, log });
    checkFiles(flags);
    const [key = ''] = planned.keys;
    const destination = new Destination(planned.schema, key);
    const read = await readRows(process.stdin, (row) => destination.add(row), stop.signal);
    logRows(read.rows, destination, planned, log);
    const parts: Parts = {
      flags,
      config,
      log,
      planned,
      masking,
      destination,
      comparison: destination.comparison(),
      file: positionFile(flags, config, planned, read.hash, masking),
      calls: new CallStats(),
      startedAt,
      progress,
    };
    return await walkThrough(parts, stop, (end) => (atOnce = end));
  } finally {
    progress?.stop();
    stop.release(new StopError('the verification is over'));
  }
}

/** Walks, keeps the position if the walk is cut, and reports. */
async function walkThrough(
  parts: Parts,
  stop: Stop,
  onKill: (end: () => void) => void,
): Promise<number> {
  const { config, log, planned, comparison, file, calls, progress } = parts;
  const position = continued(parts);
  const { client, budget, close } = await openSession({
    config,
    log,
    clock: systemClock,
    signal: stop.signal,
    onCall: (call) => {
      calls.add(call);
      logCall(call, log);
    },
  });
  const verification = new Verification(
    {
      planned,
      comparison,
      bolt: new BoltRows(
        planned,
        parts.destination.compared.flat(),
        config.maxRejectedShare,
        parts.masking?.rowsOf(planned.stream.name),
      ),
      emit: emitterOf(parts, stop),
      minShare: config.activateMinShare,
      get: (query) => client.get(planned.stream.name, planned.stream.path, query),
      log,
      now: () => systemClock.now(),
      begunAt: parts.startedAt,
      signal: stop.signal,
      save: () => keep(file, verification.position, comparison, log),
      onPage: ({ pages, read }) =>
        progress?.show(
          { stream: planned.stream.name, rows: read.rows, pages },
          budget.room(systemClock.now()),
        ),
    },
    position,
  );
  let ended: unknown = null;
  const finish = (): number => {
    if (ended === null) removePosition(file);
    else keep(file, verification.position, comparison, log);
    return endVerify({ ...parts, position: verification.position, ended });
  };
  onKill(() => {
    ended = stop.signal.reason;
    finish();
  });
  try {
    await verification.run();
  } catch (error) {
    ended = error;
  }
  await close();
  progress?.stop();
  return finish();
}

/** Where an interrupted walk of the same rows stands, or the beginning. */
function continued({ file, comparison, planned, log }: Parts): Position {
  const saved = readPosition(file);
  const { name } = planned.stream;
  if (saved === null) return BEGINNING;
  if (saved === 'other' || !comparison.restore(saved.flags, saved.added)) {
    log.warn(
      'VERIFY_RESTARTED',
      `${name}: the rows or the settings are not those of the interrupted walk; it starts again`,
    );
    return BEGINNING;
  }
  log.info(`${name}: continuing an interrupted walk after ${saved.position.pages} pages`);
  return saved.position;
}

function keep(file: PositionFile, position: Position, comparison: Comparison, log: Log): void {
  if (position.pages === 0) return;
  try {
    writePosition(file, position, comparison);
  } catch (error) {
    log.warn(
      'CACHE_UNUSABLE',
      `${file.path}: the position cannot be kept, so the next call starts again: ${describe(error)}`,
    );
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** What must be the same when a walk continues: what is compared, with what, and what for. */
function positionFile(
  flags: VerifyFlags,
  config: Config,
  planned: PlannedStream,
  rows: string,
  masking: Masking | null,
): PositionFile {
  const { schema, selected, stream } = planned;
  const source = [config.baseUrl.href, config.apiToken];
  const what = [packageInfo().version, schema, [...selected], flags.emit === true, rows];
  if (masking !== null) what.push(masking.fingerprint);
  const path = join(config.cacheDir, `verify-${stream.name}-${hashOf(source).slice(0, 16)}.json`);
  return { path, stream: stream.name, identity: hashOf([...source, ...what]) };
}

function emitterOf(
  { flags, planned, masking }: Parts,
  stop: Stop,
): { repair: Repair; writer: Writer } | null {
  if (flags.emit !== true) return null;
  const output = fstatSync(1).isFile() ? fileOutput(1) : process.stdout;
  const writer = new Writer(output, () => stop.renew());
  return {
    repair: new Repair(planned, createValidator(), masking?.rowsOf(planned.stream.name)),
    writer,
  };
}
