/** The command line: the tap and its subcommands, their flags, and what each of them starts. */
import { Command, Option } from '@commander-js/extra-typings';
import { ConfigError } from '../errors.js';
import { EXIT, EXIT_CODES } from '../system/exit-codes.js';
import { packageInfo } from '../system/package-files.js';
import { ABOUT_FORMATS } from './about-formats.js';
import { portNumber, positiveNumber, share, wholeNumber } from './argument-types.js';
import {
  addLoadFlags,
  addProbeFlags,
  addSyncFlags,
  addVerifyFlags,
  flagsGiven,
  GROUPS,
  isGiven,
} from './flags.js';

/** Does what the command line asks for, and resolves to the exit code. */
export type Action = () => Promise<number>;

const EXAMPLES = `
Examples:
  $ bolt-eci-tap --discover > catalog.json
  $ bolt-eci-tap --config config.json --test
  $ bolt-eci-tap --config config.json --state state.json | target-jsonl
  $ bolt-eci-tap --config config.json --catalog catalog.json --streams jobs,job_events
  $ TAP_BOLT_ECI_API_TOKEN=… bolt-eci-tap --config=ENV --max-records 10
  $ bolt-eci-tap configure --profile acme
  $ bolt-eci-tap run --profile acme --state state.json -- target-jsonl --config target.json
  $ bolt-eci-tap simulate          a Bolt API on this machine, to try this without credentials
`;

const RUN_EXAMPLES = `
Examples:
  $ bolt-eci-tap run --config config.json --to bolt.duckdb
  $ bolt-eci-tap run --config config.json --state state.json -- target-jsonl --config target.json
  $ bolt-eci-tap run --profile acme --state state.json --target "target-x --config 'my file.json'"
`;

const PROBE_HELP = `
The report has no token, no value of a row, and no address but the host's name.

Examples:
  bolt-eci-tap probe --profile default --report probe.json
`;

const VERIFY_HELP = `
stdin: the destination's rows as NDJSON, one object per row, with the key and etag or updated_at.
docs/verify.md has queries for PostgreSQL, DuckDB and files.

Examples:
  $ psql -Atc 'select row_to_json(r) from (select id, etag from jobs order by id) r' |
      bolt-eci-tap verify --config config.json --stream jobs --report report.json
  $ … | bolt-eci-tap verify --config config.json --stream jobs --emit | target-postgres

The exit code is 0 if there is no difference, and 7 if there is one.
`;

const REPORT_HELP = `
The page has no script, loads nothing, and holds no value of a row. Each folder of summaries is a
section. docs/report.md says how to keep them.

Examples:
  $ bolt-eci-tap run --profile acme --state state.json --summary runs -- target-x
  $ bolt-eci-tap report --out report.html runs
`;

const CONFIGURE_HELP = `
There is no flag for the token, because process lists show flags. configure asks for it, or reads
TAP_BOLT_ECI_API_TOKEN, or, without a terminal, the first line of stdin.
`;

const LOAD_HELP = `
The file needs the package of DuckDB: npm install @duckdb/node-api@1.5.6-r.1,
or bolt-eci-tap-add-duckdb if pip installed the tap.
stdout: the states that are committed, one per line.

Examples:
  $ bolt-eci-tap --config config.json | bolt-eci-tap load --to bolt.duckdb
  $ tap-github --config github.json | bolt-eci-tap load --to github.duckdb
`;

const RUN_FLAGS = ['state', 'target', 'to', 'grace'] as const;

/**
 * Creates the command line. Parsing it runs nothing: it only selects the action.
 *
 * @param select called with the action that the arguments ask for
 */
export function createProgram(select: (action: Action) => void = () => undefined) {
  const program = tapProgram();
  program.enablePositionalOptions().hook('preAction', (_, command) => {
    const stray = program.options.find((option) => isGiven(program, option));
    if (command.name() !== program.name() && stray !== undefined)
      program.error(
        `error: ${stray.long} is before ${command.name()}: flags of a subcommand follow its name`,
      );
  });
  program.action((flags) => {
    select(async () => {
      const [extra] = program.args;
      if (extra !== undefined) throw await unknownCommand(extra, program.commands);
      const { runTap } = await import('./tap-command.js');
      return runTap(flags);
    });
  });
  addRun(program, select);
  addLoad(program, select);
  addVerify(program, select);
  addProbe(program, select);
  addReport(program, select);
  addConfigure(program, select);
  addSimulate(program, select);
  return program;
}

function tapProgram() {
  const command = new Command('bolt-eci-tap').description(
    'Singer tap for the Bolt ECI construction API: SCHEMA, RECORD and STATE messages on stdout.',
  );
  return addSyncFlags(
    command,
    'where to continue: a bookmark file, a STATE message, or a state of the older connector',
  )
    .optionsGroup(GROUPS.instead)
    .option(
      '-d, --discover',
      'print the catalog; without --live, needs no network and no credentials',
    )
    .option('--live', 'with --discover: also ask the API for fields that no schema declares')
    .option('--test', 'request one page of each stream; the exit code says whether a sync works')
    .option('--about', 'print version, settings, streams and capabilities')
    .addOption(
      new Option('--format <format>', 'format of --about').choices(ABOUT_FORMATS).default('text'),
    )
    .optionsGroup(GROUPS.other)
    .version(packageInfo().version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', `${EXAMPLES}${exitCodesHelp()}`)
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
}

/** The flags of the tap. */
export type TapFlags = ReturnType<ReturnType<typeof tapProgram>['opts']>;

type Program = ReturnType<typeof tapProgram>;

function exitCodesHelp(): string {
  const lines = EXIT_CODES.map(({ codes, meaning }) => `  ${codes}  ${meaning}`);
  return ['', 'Exit codes:', ...lines, ''].join('\n');
}

function runCommand() {
  return addSyncFlags(
    new Command('run'),
    'state file: read at the start, replaced at each commit; FILE.bak is the previous one',
  )
    .description('run tap and target as one job; the state file holds what the target committed')
    .argument('[target...]', 'command of the target, after --')
    .optionsGroup('Target:')
    .option('--to <file>', 'DuckDB file to load, which also holds the state; no target is needed')
    .option('--target <command>', 'the target as one text, instead of the words after --')
    .option(
      '--grace <s>',
      'seconds that the target has to commit what it was given, after a signal',
      wholeNumber,
      25,
    )
    .passThroughOptions()
    .addHelpText('after', RUN_EXAMPLES);
}

function addRun(program: Program, select: (action: Action) => void): void {
  const command = runCommand().copyInheritedSettings(program);
  program.addCommand(command);
  command.action((words, flags) => {
    select(async () => {
      const { run } = await import('../run/run.js');
      const { codeOfRun } = await import('../run/run-code.js');
      return codeOfRun(await run(flags, flagsGiven(command, RUN_FLAGS), words));
    });
  });
}

function addLoad(program: Program, select: (action: Action) => void): void {
  const command = addLoadFlags(new Command('load'))
    .description('load Singer messages of any tap from stdin into a DuckDB file')
    .addHelpText('after', LOAD_HELP)
    .copyInheritedSettings(program)
    // Last, since the program itself allows them.
    .allowExcessArguments(false);
  program.addCommand(command);
  command.action((flags) => {
    select(async () => {
      const { runLoad } = await import('./load.js');
      return runLoad(flags);
    });
  });
}

function addVerify(program: Program, select: (action: Action) => void): void {
  const command = addVerifyFlags(new Command('verify'))
    .description('compare the rows of a destination, on stdin, with those of Bolt')
    .addHelpText('after', VERIFY_HELP)
    .copyInheritedSettings(program)
    // Last, since the program itself allows them.
    .allowExcessArguments(false);
  program.addCommand(command);
  command.action((flags) => {
    select(async () => {
      const { verify } = await import('./verify.js');
      return verify(flags);
    });
  });
}

function addProbe(program: Program, select: (action: Action) => void): void {
  const command = addProbeFlags(new Command('probe'))
    .description('ask the API what its documentation leaves open, in at most 40 read-only calls')
    .addHelpText('after', PROBE_HELP)
    .copyInheritedSettings(program)
    // Last, since the program itself allows them.
    .allowExcessArguments(false);
  program.addCommand(command);
  command.action((flags) => {
    select(async () => {
      const { runProbe } = await import('./probe.js');
      return runProbe(flags);
    });
  });
}

function addReport(program: Program, select: (action: Action) => void): void {
  program
    .command('report')
    .description('make a page about the last runs, from the files that --summary wrote')
    .argument('<paths...>', 'summaries, or folders with them')
    .requiredOption('--out <file>', 'the page, in HTML; - is stdout')
    .option(
      '--max-age <hours>',
      'a run is overdue after this time (default: twice its usual interval and an hour)',
      positiveNumber,
    )
    .addHelpText('after', REPORT_HELP)
    .action((paths, flags) => {
      select(async () => {
        const { report } = await import('./report.js');
        return report(flags, paths, Date.now());
      });
    });
}

function addConfigure(program: Program, select: (action: Action) => void): void {
  program
    .command('configure')
    .allowExcessArguments(false)
    .description('ask for URL, token and its name, check them, and store them as a profile')
    .option('--profile <name>', 'name of the profile', 'default')
    .option('--base-url <url>', 'URL of the API; without it, configure asks')
    .option('--token-name <name>', 'name of the token; without it, configure asks')
    .option('--force', 'replace a profile of this name')
    .option('--no-check', 'store without a request to the API')
    .option('--list', 'list the profiles')
    .option('--delete', 'delete the profile')
    .addHelpText('after', CONFIGURE_HELP)
    .action((flags) => {
      select(async () => {
        const { configure } = await import('./configure.js');
        await configure(flags, { input: process.stdin, output: process.stderr });
        return EXIT.complete;
      });
    });
}

function addSimulate(program: Program, select: (action: Action) => void): void {
  program
    .command('simulate')
    .allowExcessArguments(false)
    .description('serve a Bolt API with made-up data on this machine, until stopped')
    .option('--port <n>', 'port to listen on; 0 selects a free one', portNumber, 8910)
    .option('--rows <n>', 'rows of the largest lists', positiveNumber, 250)
    .option('--latency <ms>', 'milliseconds before each response', wholeNumber, 0)
    .option('--seed <n>', 'another seed makes other data', wholeNumber, 1)
    .option('--calls-per-hour <n>', 'the rate limit', positiveNumber, 1000)
    .option('--malformed <share>', 'share of rows that are malformed, from 0 to 1', share, 0)
    .action((flags) => {
      select(async () => {
        const { simulate } = await import('./simulate.js');
        await simulate(flags);
        return EXIT.complete;
      });
    });
}

/** The error for a word that is neither a flag nor the value of one. */
async function unknownCommand(
  word: string,
  commands: readonly { name(): string }[],
): Promise<ConfigError> {
  const { didYouMean } = await import('../system/did-you-mean.js');
  const hint = didYouMean(
    word,
    commands.map((command) => command.name()),
  );
  // A word that is not similar to a command may be a secret whose flag was forgotten.
  const name = hint === '' ? 'of that name' : JSON.stringify(word);
  return new ConfigError('USAGE_WRONG', `there is no command ${name}${hint}; see --help`);
}
