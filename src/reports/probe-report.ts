/** What a probe found: a table for people, and `--report FILE`. Neither has a value of a row. */
import { codeOf } from '../errors.js';

type Group = 'works' | 'careful' | 'tell';

/** A question with its answer. */
export interface ProbeFinding {
  readonly question: {
    readonly id: string;
    readonly asks: string;
    readonly chance?: true;
  };
  /** What it takes to see an answer; null if the probe ended before that was known. */
  readonly needs: string | null;
  readonly id: string | null;
  readonly answer: {
    readonly group: Group;
    readonly means: string;
    readonly tap: string;
    readonly user?: string;
  } | null;
}

/** A stream as its first page shows it. */
export interface StreamFacts {
  readonly stream: string;
  /** The HTTP status of its last attempt; null without a response. */
  readonly status: number | null;
  readonly gave_page: boolean;
  readonly rows: number;
  readonly goes_on: boolean;
  /** Names of fields that no property declares, and of columns that no row had. */
  readonly undeclared: readonly string[];
  readonly never_came: readonly string[];
}

/** What a probe noted besides the answers, as in the report. */
export interface ProbeFacts {
  readonly streams: readonly StreamFacts[];
  /** Later requests that brought no page. */
  readonly without_page: readonly {
    readonly step: string;
    readonly stream: string;
    readonly status: number | null;
  }[];
  readonly rate_headers: readonly string[];
  readonly compression: readonly string[];
  /** The server's clock less ours, in seconds; null if it did not say. */
  readonly clock_ahead_s: number | null;
}

export interface ProbeReport {
  readonly host: string;
  readonly findings: readonly ProbeFinding[];
  readonly facts: ProbeFacts;
  /** Parts of the plan that were not asked to their end. */
  readonly unasked: readonly string[];
  readonly calls: number;
  /** ms since 1970 */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly ended: unknown;
}

const TITLES: Readonly<Record<Group, string>> = {
  works: 'Works',
  careful: 'Be careful',
  tell: 'Tell us',
};

const GROUPS: readonly Group[] = ['works', 'careful', 'tell'];

/** The table on stdout. */
export function probeText({ host, findings, facts, calls, unasked }: ProbeReport): string {
  const groups = GROUPS.flatMap((group) => groupLines(group, findings));
  const unseen = findings.filter(({ answer }) => answer === null);
  const answered = findings.length - unseen.length;
  const notSeen = unseen.flatMap(({ question, needs }) =>
    needs === null ? [] : [`  ${question.asks}`, `    needs ${needs}`],
  );
  return [
    `${host}: ${answered} of ${findings.length} questions answered, ${calls} ${calls === 1 ? 'call' : 'calls'}`,
    ...groups,
    ...(notSeen.length === 0 ? [] : ['', 'Not seen', ...notSeen]),
    ...notedLines(facts),
    ...(unasked.length === 0 ? [] : ['', 'Not asked', ...unasked.map((step) => `  ${step}`)]),
    '',
  ].join('\n');
}

/** The lines of a group; none if it has no answer. */
function groupLines(group: Group, findings: readonly ProbeFinding[]): string[] {
  const lines = findings.filter(({ answer }) => answer?.group === group).flatMap(findingLines);
  return lines.length === 0 ? [] : ['', TITLES[group], ...lines];
}

/** What else was noted, in a line each. Names of fields and columns are in the report. */
function notedLines({
  streams,
  without_page,
  rate_headers,
  compression,
  clock_ahead_s: ahead,
}: ProbeFacts): string[] {
  const count = (kind: 'undeclared' | 'never_came'): number =>
    streams.reduce((sum, stream) => sum + stream[kind].length, 0);
  const failed = [
    ...streams.filter(({ gave_page }) => !gave_page),
    ...without_page.filter(({ step }) => !step.startsWith('a wrong ')),
  ];
  if (streams.length === 0) return [];
  return [
    '',
    'Noted',
    `  rows of the largest page: ${Math.max(0, ...streams.map(({ rows }) => rows))}`,
    `  fields without a column: ${count('undeclared')}, columns that never came: ${count('never_came')}`,
    `  rate headers: ${rate_headers.join(', ') || 'none'}`,
    `  compression: ${compression.join(', ') || 'unknown'}`,
    `  clock of the server: ${clockText(ahead)}`,
    ...failed.map(({ stream, status }) => `  ${stream} gave no page: ${statusText(status)}`),
  ];
}

function notSeenText(needs: string | null): string {
  return needs === null ? 'Not seen: the probe ended early' : `Not seen: it needs ${needs}`;
}

function clockText(ahead: number | null): string {
  if (ahead === null) return 'unknown';
  return ahead === 0 ? 'as ours' : `${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead of'} ours`;
}

function statusText(status: number | null): string {
  if (status === null) return 'no response';
  return status < 300 ? 'a response without rows' : `HTTP ${status}`;
}

function findingLines({ question, answer }: ProbeFinding): string[] {
  if (answer === null) return [];
  return [
    `  ${question.asks}`,
    `    ${answer.means} The tap: ${answer.tap}`,
    ...(answer.user === undefined ? [] : [`    You: ${answer.user}`]),
  ];
}

/** The report as JSON text, as schemas/reports/probe.json describes it. */
export function probeJson(report: ProbeReport, version: string, exitCode: number): string {
  const { host, findings, facts, unasked, calls, startedAt, endedAt, ended } = report;
  const json = {
    version,
    host,
    exit_code: exitCode,
    // The code alone: a message could quote what the API said.
    ended_code: ended === null ? null : codeOf(ended),
    started_at: new Date(startedAt).toISOString(),
    seconds: (endedAt - startedAt) / 1000,
    calls,
    findings: findings.map(({ question, id, answer, needs }) => ({
      question: question.id,
      answer: answer === null ? null : id,
      group: answer?.group ?? 'not-seen',
      means: answer?.means ?? notSeenText(needs),
      tap: answer?.tap ?? null,
      user: answer?.user ?? null,
    })),
    not_asked: unasked,
    ...facts,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
