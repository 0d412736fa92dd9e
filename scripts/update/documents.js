// The tables of docs/: flags, settings, streams, exit codes, error codes, bookmark fields.
import { settingsTable, streamsTable } from '../../dist/cli/about.js';
import { createProgram } from '../../dist/cli/program.js';
import { shippedSchema } from '../../dist/catalog/shipped.js';
import { CODES } from '../../dist/codes.js';
import { BOOKMARK_FIELDS } from '../../dist/singer/state.js';
import { ALL_STREAMS } from '../../dist/streams.js';
import { EXIT_CODES } from '../../dist/system/exit-codes.js';
import { between, tableLines } from './marks.js';

/** Every command with a table for each group of its flags, in the words of --help. */
function flagLines() {
  const program = createProgram();
  return [program, ...program.commands].flatMap((command) => {
    const name = command === program ? 'bolt-eci-tap' : `bolt-eci-tap ${command.name()}`;
    const head = ['', `## \`${name}\``, '', command.description(), ''];
    return head.concat(flagTable(command));
  });
}

function flagTable(command) {
  const options = command.createHelp().visibleOptions(command);
  return tableLines(
    ['flag', 'meaning'],
    options.map((option) => [`\`${option.flags}\``, meaning(option)]),
  );
}

function meaning({ description, argChoices, defaultValue, defaultValueDescription }) {
  const choices = argChoices ? `: ${argChoices.map((choice) => `\`${choice}\``).join(', ')}` : '';
  const value = defaultValueDescription ?? defaultValue;
  const usual = value === undefined || typeof value === 'boolean' ? '' : ` (default: ${value})`;
  return `${description}${choices}${usual}`.replaceAll('|', '\\|');
}

const codeRows = () =>
  Object.entries(CODES).map(([code, { level, meaning: what, advice }]) => [
    `\`${code}\``,
    level,
    what,
    advice,
  ]);

const bookmarkRows = () =>
  Object.entries(BOOKMARK_FIELDS).map(([field, { of, meaning: what }]) => [
    `\`${field}\``,
    of,
    what,
  ]);

/** The columns that their description marks, by stream: about people, and of free text. */
const personalRows = () =>
  ALL_STREAMS.flatMap(({ name }) => {
    const columns = Object.entries(shippedSchema(name).properties);
    const marked = (mark) =>
      columns
        .filter(([, { description = '' }]) => description.endsWith(`; ${mark}`))
        .map(([column]) => `\`${column}\``)
        .join(', ');
    const row = [marked('personal data'), marked('free text, may hold personal data')];
    return row.every((cell) => cell === '') ? [] : [[`\`${name}\``, ...row]];
  });

const exitRows = () => EXIT_CODES.map(({ codes, meaning: what }) => [codes, what]);

const table = (name, lines) => (text) => between(text, name, ['', ...lines(), '']);

export const documents = {
  'docs/flags.md': table('flags', flagLines),
  'docs/settings.md': table('settings', () => settingsTable().split('\n')),
  'docs/state.md': table('bookmark', () =>
    tableLines(['field', 'of a', 'meaning'], bookmarkRows()),
  ),
  'docs/streams.md': table('streams', () => streamsTable().split('\n')),
  'docs/privacy.md': table('personal', () =>
    tableLines(['stream', 'about people', 'free text'], personalRows()),
  ),
  'docs/exit-codes.md': table('exit-codes', () => tableLines(['code', 'meaning'], exitRows())),
  'docs/errors.md': table('codes', () =>
    tableLines(['code', 'level', 'meaning', 'what to do'], codeRows()),
  ),
};
