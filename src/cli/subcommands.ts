/** The subcommands: their flags, and which file does the work; it is loaded only then. */
import type { Command } from 'commander';
import type { ConfigureFlags } from './configure.js';
import { count, flagsGiven, isGiven, port, share, whole, withSyncFlags } from './flags.js';
import type { RunFlags } from '../run/run.js';
import type { SimulateFlags } from './simulate.js';

/** Adds `run`, `configure` and `simulate` to the command; `done` is told the exit code of one that has its own. */
export function withSubcommands(program: Command, done: (code: number) => void): Command {
  program.enablePositionalOptions().hook('preAction', (_, command) => {
    const stray = program.options.find((option) => isGiven(program, option));
    if (command !== program && stray !== undefined)
      program.error(
        `error: ${stray.long} stands before ${command.name()}: flags of a subcommand come after its name`,
      );
  });
  addRun(program, done);
  addConfigure(program);
  addSimulate(program);
  return program;
}

const RUN_EXAMPLES = `
Examples:
  $ bolt-eci-tap run --config config.json --state state.json -- target-jsonl --config target.json
  $ bolt-eci-tap run --profile acme --state state.json --target "target-postgres --config 'my target.json'"
`;

function addRun(program: Command, done: (code: number) => void): void {
  withSyncFlags(
    program
      .command('run')
      .description(
        'tap and target as one job: the bookmark file holds what the target has committed, nothing else',
      )
      .argument('[target...]', 'command of the target, after --')
      .option('--target <command>', 'the target as one text, in place of the words after --')
      .option(
        '--grace <s>',
        'seconds that the target gets to commit what it was given, once a signal came',
        whole,
        25,
      ),
    'bookmark file: read at the start, moved with each commit; FILE.bak is the one before',
  )
    .passThroughOptions()
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (words: string[], flags: RunFlags, command: Command) => {
      const { run } = await import('../run/run.js');
      const { codeOfRun } = await import('../run/run-code.js');
      done(codeOfRun(await run(flags, flagsGiven(command, ['state', 'target', 'grace']), words)));
    });
}

function addConfigure(program: Command): void {
  program
    .command('configure')
    .allowExcessArguments(false)
    .description('ask for address, token and its name, try them, and store them as a profile')
    .option('--profile <name>', 'name of the profile', 'default')
    .option('--base-url <address>', 'address of the API, in place of being asked')
    .option('--token-name <name>', 'name of the token, in place of being asked')
    .option('--force', 'replace a profile of this name')
    .option('--no-check', 'store without asking the API')
    .option('--list', 'name the profiles there are')
    .option('--delete', 'delete the profile')
    .addHelpText(
      'after',
      '\nThe token is no flag, since process lists show those: it is asked for, or taken from\nTAP_BOLT_ECI_API_TOKEN, or, without a terminal, from stdin.\n',
    )
    .action(async (flags: ConfigureFlags) => {
      const { configure } = await import('./configure.js');
      await configure(flags, { input: process.stdin, output: process.stderr });
    });
}

function addSimulate(program: Command): void {
  program
    .command('simulate')
    .allowExcessArguments(false)
    .description('serve a Bolt API with made-up data on this machine, until stopped')
    .option('--port <n>', 'port to listen on; 0 takes a free one', port, 8910)
    .option('--rows <n>', 'rows of the largest lists', count, 250)
    .option('--latency <ms>', 'how long each answer takes', whole, 0)
    .option('--seed <n>', 'another seed gives other data', whole, 1)
    .option('--calls-per-hour <n>', 'the rate limit', count, 1000)
    .option('--malformed <share>', 'share of rows that are malformed, from 0 to 1', share, 0)
    .action(async (options: SimulateFlags) => {
      const { simulate } = await import('./simulate.js');
      await simulate(options);
    });
}
