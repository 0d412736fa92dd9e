/** What a verification found: lines for people, and `--report FILE`. */
import { codeOf, describe } from '../errors.js';

/** The key of a row. */
type Key = number | string;

const KINDS = ['missing', 'stale', 'surplus', 'unknown'] as const;
type Kind = (typeof KINDS)[number];

/** `incomplete`: the walk did not reach its end, and surplus rows are not known. */
export type VerifyOutcome = 'equal' | 'different' | 'incomplete';

/** What a verification found. */
export interface VerifyReport {
  readonly stream: string;
  readonly outcome: VerifyOutcome;
  /** The columns that were compared: a list for each form of rows. */
  readonly compared: readonly (readonly string[])[];
  readonly rows: {
    /** Of the destination, those marked as deleted included. */
    readonly destination: number;
    readonly deletedThere: number;
    readonly bolt: number;
    /** Rows of Bolt without a usable key. */
    readonly unusable: number;
  };
  readonly keys: Readonly<Record<Kind, readonly Key[]>>;
  readonly calls: number;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Changes from then on are unknown, ms since 1970; null if no response came. */
  readonly since: number | null;
  /** What ended it before its end, or null. */
  readonly ended: unknown;
}

const MEANING: Readonly<Record<Kind, string>> = {
  missing: 'in Bolt, not in the destination',
  stale: 'in both, with another version in Bolt',
  surplus: 'in the destination, not in Bolt',
  unknown: 'changed during the walk',
};
/** Keys that a line shows. */
const SHOWN = 5;

/** The outcome of a complete verification. */
export function outcomeOf({ missing, stale, surplus }: VerifyReport['keys']): VerifyOutcome {
  return missing.length + stale.length + surplus.length === 0 ? 'equal' : 'different';
}

/** The table on stderr. */
export function verifyLines({ stream, compared, rows, keys, outcome }: VerifyReport): string[] {
  const counts: [string, number, string][] = [
    ['Bolt', rows.bolt, rows.unusable === 0 ? '' : `and ${rows.unusable} without a usable key`],
    ['destination', rows.destination, deletedText(rows.deletedThere)],
    ...KINDS.map((kind): [string, number, string] => [
      kind,
      keys[kind].length,
      kind === 'surplus' && outcome === 'incomplete' ? 'not known yet' : kindText(kind, keys[kind]),
    ]),
  ];
  const width = Math.max(...counts.map(([, count]) => String(count).length));
  return [
    `${stream}, compared by ${comparedText(compared)}:`,
    ...counts.map(([name, count, text]) =>
      `${name.padEnd(11)}  ${String(count).padStart(width)}  ${text}`.trimEnd(),
    ),
  ];
}

/** The columns that are compared, in words. */
export function comparedText(compared: VerifyReport['compared']): string {
  return compared.map((columns) => columns.join(', ') || 'key only').join('; or ') || 'key only';
}

/** The last line. */
export function verifyResult({ stream, outcome, rows, keys }: VerifyReport): string {
  const counts = KINDS.filter((kind) => keys[kind].length > 0).map(
    (kind) => `${keys[kind].length.toLocaleString('en')} ${kind}`,
  );
  const what = `${rows.bolt.toLocaleString('en')} rows compared`;
  const found = counts.length === 0 ? '' : `; ${counts.join(', ')}`;
  return `${outcome}: ${stream}, ${what}${found}`;
}

/**
 * The report as JSON text, as schemas/reports/verify.json describes it. It holds keys of rows, and
 * no other value.
 */
export function verifyJson(report: VerifyReport, version: string, exitCode: number): string {
  const { stream, outcome, compared, rows, keys, calls, startedAt, endedAt, since, ended } = report;
  const json = {
    version,
    stream,
    outcome,
    exit_code: exitCode,
    ended: ended === null ? null : describe(ended),
    ended_code: ended === null ? null : codeOf(ended),
    started_at: timeText(startedAt),
    seconds: (endedAt - startedAt) / 1000,
    unknown_since: since === null ? null : timeText(since),
    calls,
    compared,
    rows: {
      bolt: rows.bolt,
      without_key: rows.unusable,
      destination: rows.destination,
      deleted_in_destination: rows.deletedThere,
    },
    counts: Object.fromEntries(KINDS.map((kind) => [kind, keys[kind].length])),
    ...keys,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

function deletedText(count: number): string {
  return count === 0 ? '' : `${count} of them marked as deleted`;
}

function kindText(kind: Kind, keys: readonly Key[]): string {
  if (keys.length === 0) return MEANING[kind];
  const more = keys.length > SHOWN ? ' …' : '';
  return `${MEANING[kind]}: ${keys.slice(0, SHOWN).join(', ')}${more}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
