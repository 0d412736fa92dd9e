/** The command: flags, what they lead to, and the only place that decides on an exit code. */
// First of all: what listens to signals by now stays, what a library adds later does not.
import { SIGNAL_CODES } from './system/signals.js';
import type { Writable } from 'node:stream';
import { Command, CommanderError, Option } from 'commander';
import { ApiError, ConfigError, OutputError, StopError } from './errors.js';
import { withSyncFlags } from './cli/flags.js';
import { packageInfo } from './system/package-files.js';
import type { SyncReport } from './reports/report.js';
import type { Flags } from './cli/sync-command.js';
import { withSubcommands } from './cli/subcommands.js';

const STATE =
  'bookmark file, STATE message, or state of the older Fivetran connector, to go on from';

const EXAMPLES = `
Examples:
  $ bolt-eci-tap --discover > catalog.json
  $ bolt-eci-tap --config config.json --test
  $ bolt-eci-tap --config config.json --state state.json | target-jsonl
  $ bolt-eci-tap --config config.json --catalog catalog.json --streams jobs,job_events
  $ TAP_BOLT_ECI_API_TOKEN=… bolt-eci-tap --config=ENV --max-records 10
  $ bolt-eci-tap configure --profile acme
  $ bolt-eci-tap run --profile acme --state state.json -- target-jsonl --config target.json
  $ bolt-eci-tap simulate          a Bolt API on this machine, to try all of this without credentials

Exit codes:
  0  all selected streams complete, or stopped at max_run_minutes with the rest bookmarked
  1  at least one stream failed, the others are complete; or stdout could not be written
  2  a flag, the configuration, the catalog or the state is wrong
  3  the API refuses the token (401, or 403 on every stream)
  4  the reader of stdout went away
  5  run: another run holds the bookmark file
  6  run: the target failed, or did not commit what it was given
  129, 130, 143  stopped by SIGHUP, SIGINT, SIGTERM
`;

/** How long stdout and stderr may stand still at the end, ms; after a signal, and else. */
const DRAIN_MS = { stopped: 900, else: 5000 } as const;

/**
 * Runs the command and ends the process, once stdout and stderr have taken what was written: whatever
 * sockets or timers are left do not keep it.
 */
export async function runProcess(args: readonly string[]): Promise<void> {
  // Without a listener, the error event of a reader that went away ends the process. The writer of messages notices such an
  // error itself; help and log lines that nobody reads are no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.exitCode = 1;
  const code = await main(args);
  const ms = code > 128 ? DRAIN_MS.stopped : DRAIN_MS.else;
  await Promise.all([drained(process.stdout, ms), drained(process.stderr, ms)]);
  process.exit(code);
}

/** Resolves when a stream has handed over what was written to it, or stood still for `ms`. */
function drained(stream: Writable, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) return resolve();
    const timer = setTimeout(resolve, ms);
    stream.write('', () => {
      clearTimeout(timer);
      resolve();
    });
    return undefined;
  });
}

/** Runs the command with its arguments, and gives the exit code. Throws nothing. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  const program = tapCommand(
    async (flags) => {
      code = await runTap(flags);
    },
    (itsCode) => {
      code = itsCode;
    },
  );
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and version end that way as well.
    // `help` carries the code that process.exitCode has at that moment.
    if (
      error instanceof CommanderError &&
      (error.exitCode === 0 || error.code === 'commander.help')
    )
      return 0;
    if (!(error instanceof OutputError && error.closed)) {
      const { complain } = await import('./cli/complain.js');
      complain(error, program, args);
    }
    return codeOfError(error);
  }
}

/** The command line, with what to do for the tap itself, and who is told the exit code of a subcommand that has its own. The README's table of flags is held to it. */
export function tapCommand(
  run: (flags: Flags) => Promise<void>,
  done: (code: number) => void = () => {},
): Command {
  const { version } = packageInfo();
  const program = withSyncFlags(new Command('bolt-eci-tap'), STATE)
    .description(
      'Singer tap for the Bolt ECI construction API: SCHEMA, RECORD and STATE messages on stdout.',
    )
    .option('-d, --discover', 'print the catalog; needs no network and no credentials')
    .option(
      '--test',
      'ask each selected stream for one page; the exit code says whether a sync would work',
    )
    .option('--about', 'print version, settings, streams and capabilities')
    .addOption(
      new Option('--format <format>', 'of --about')
        .choices(['text', 'json', 'markdown'])
        .default('text'),
    )
    .version(version, '-V, --version')
    .helpOption('-h, --help')
    .helpCommand(true)
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .action(async () => {
      const [extra] = program.args;
      if (extra !== undefined) throw await noCommand(extra, program);
      await run(program.opts<Flags>());
    });
  return withSubcommands(program, done);
}

async function runTap(flags: Flags): Promise<number> {
  if (!flags.test) {
    const { isClosed } = await import('./system/write-file.js');
    if (isClosed(1))
      throw new OutputError(
        'stdout is closed: nothing can be written (to discard it, use > /dev/null)',
        false,
      );
  }
  if (flags.about) {
    const { about } = await import('./cli/about.js');
    return print(about(flags.format));
  }
  if (flags.discover) {
    const { discover } = await import('./catalog/discover.js');
    return print(JSON.stringify(discover(), null, 2));
  }
  const { runSync } = await import('./cli/sync-command.js');
  return codeOfReport(await runSync(flags, codeOfReport));
}

/** Prints a text for people or tools; `| head` is no fault. */
async function print(text: string): Promise<number> {
  const { Writer } = await import('./singer/writer.js');
  const writer = new Writer(process.stdout);
  await writer.write(`${text}\n`);
  await writer.end();
  return 0;
}

/** The exit code that a run leads to. */
export function codeOfReport({ streams, ended }: SyncReport): number {
  const failed = streams.filter(({ outcome }) => outcome === 'failed');
  if (ended instanceof StopError && ended.signal === undefined) return failed.length > 0 ? 1 : 0;
  if (ended !== null) return codeOfError(ended);
  if (failed.length === 0) return 0;
  return failed.length === streams.length && failed.every(({ error }) => isForbidden(error))
    ? 3
    : 1;
}

function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.fault === 'forbidden';
}

function codeOfError(error: unknown): number {
  if (error instanceof ConfigError || error instanceof CommanderError) return 2;
  if (error instanceof ApiError && error.fault === 'unauthorized') return 3;
  if (error instanceof OutputError) return error.closed ? 4 : 1;
  if (error instanceof StopError) return (error.signal && SIGNAL_CODES[error.signal]) ?? 0;
  return 1;
}

/** A word that is neither a flag nor a flag's value. */
async function noCommand(word: string, { commands }: Command): Promise<ConfigError> {
  const { didYouMean } = await import('./system/did-you-mean.js');
  const hint = didYouMean(
    word,
    commands.map((command) => command.name()),
  );
  // A word that is not near to a command's name may be a secret whose flag was forgotten.
  const name = hint === '' ? 'of that name' : JSON.stringify(word);
  return new ConfigError('USAGE_WRONG', `there is no command ${name}${hint}; see --help`);
}
