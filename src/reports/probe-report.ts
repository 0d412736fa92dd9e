/** What a probe found: a table for people, and `--report FILE`. Neither has a value of a row. */
import { codeOf } from '../errors.js';

type Group = 'works' | 'careful' | 'tell';

/** A question with its answer. */
export interface ProbeFinding {
  readonly question: {
    readonly id: string;
    readonly asks: string;
    readonly needs: string;
    readonly chance?: true;
  };
  readonly id: string | null;
  readonly answer: {
    readonly group: Group;
    readonly means: string;
    readonly tap: string;
    readonly user?: string;
  } | null;
}

export interface ProbeReport {
  readonly host: string;
  readonly findings: readonly ProbeFinding[];
  /** As JSON. */
  readonly facts: object;
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
export function probeText({ host, findings, calls, unasked }: ProbeReport): string {
  const groups = GROUPS.flatMap((group) => groupLines(group, findings));
  const unseen = findings.filter(({ answer }) => answer === null);
  const answered = findings.length - unseen.length;
  const notSeen = unseen.flatMap(({ question }) => [
    `  ${question.asks}`,
    `    needs ${question.needs}`,
  ]);
  return [
    `${host}: ${answered} of ${findings.length} questions answered, ${calls} calls`,
    ...groups,
    ...(unseen.length === 0 ? [] : ['', 'Not seen', ...notSeen]),
    ...(unasked.length === 0 ? [] : ['', 'Not asked', ...unasked.map((step) => `  ${step}`)]),
    '',
  ].join('\n');
}

/** The lines of a group; none if it has no answer. */
function groupLines(group: Group, findings: readonly ProbeFinding[]): string[] {
  const lines = findings.filter(({ answer }) => answer?.group === group).flatMap(findingLines);
  return lines.length === 0 ? [] : ['', TITLES[group], ...lines];
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
    findings: findings.map(({ question, id, answer }) => ({
      question: question.id,
      answer: answer === null ? null : id,
      group: answer?.group ?? 'not-seen',
      means: answer?.means ?? `Not seen: it needs ${question.needs}`,
      tap: answer?.tap ?? null,
      user: answer?.user ?? null,
    })),
    not_asked: unasked,
    ...facts,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
