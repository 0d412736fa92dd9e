/** The command without a subcommand: a sync, or a text that is printed instead. */
import { environmentName } from '../config/settings.js';
import { ConfigError, OutputError } from '../errors.js';
import { isObject } from '../json.js';
import { EXIT } from '../system/exit-codes.js';
import { isClosed } from '../system/write-file.js';
import { exitCodeOfReport } from './exit-code.js';
import type { TapFlags } from './program.js';

/**
 * Runs the sync, or prints what `--about` or `--discover` requests.
 *
 * @returns the exit code
 * @throws ConfigError if flags, settings, catalog or state are wrong
 * @throws OutputError if stdout cannot be written
 */
export async function runTap(flags: TapFlags): Promise<number> {
  if (flags.test !== true && isClosed(1))
    throw new OutputError(
      'stdout is closed: nothing can be written (to discard it, use > /dev/null)',
      false,
    );
  if (flags.about) {
    const { about } = await import('./about.js');
    return print(about(flags.format));
  }
  if (flags.live === true && flags.discover !== true)
    throw new ConfigError('USAGE_WRONG', '--live goes with --discover; see --help');
  if (flags.discover && (await isLive(flags))) {
    const { discoverLive } = await import('./discover-live.js');
    return discoverLive(flags);
  }
  if (flags.discover) return print(JSON.stringify(await catalogOf(flags), null, 2));
  const { runSync } = await import('./sync-command.js');
  return exitCodeOfReport(await runSync(flags, exitCodeOfReport));
}

/**
 * Whether discovery asks the API: by `--live`, or by the setting `discover_live`. Without either, a
 * discovery needs no settings, so files that cannot be read do not matter.
 */
async function isLive(flags: TapFlags): Promise<boolean> {
  if (flags.live === true) return true;
  if (!mayBeSet('discover_live', flags)) return false;
  const { peekSetting } = await import('../config/peek.js');
  // A wrong value is reported when the settings are loaded.
  return (await peekSetting('discover_live', flags)) !== false;
}

/** Whether a source could have a setting. */
function mayBeSet(name: string, { config, profile }: TapFlags): boolean {
  return (
    config.length > 0 || profile !== undefined || process.env[environmentName(name)] !== undefined
  );
}

/** The catalog of `--discover`. Settings are read only if they may name masked columns. */
async function catalogOf(flags: TapFlags): Promise<unknown> {
  if (mayBeSet('mask_columns', flags)) {
    const { peekSetting } = await import('../config/peek.js');
    const columns = await peekSetting('mask_columns', flags);
    if (!isObject(columns) || Object.keys(columns).length > 0) {
      const { discoverMasked } = await import('./discover-masked.js');
      return discoverMasked(flags);
    }
  }
  const { discover } = await import('../catalog/discover.js');
  return discover();
}

/** Prints a text. A reader that went away (`| head`) is not an error. */
async function print(text: string): Promise<number> {
  const { Writer } = await import('../singer/writer.js');
  const writer = new Writer(process.stdout);
  await writer.write(`${text}\n`);
  await writer.end();
  return EXIT.complete;
}
