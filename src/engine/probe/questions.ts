/**
 * The questions of `probe` as data: what is asked, what each answer means, what the tap does then,
 * and what the user should do. `docs/api.md` names the question that settles each open point.
 */
import { header } from '../../api/outcome.js';
import { STREAMS } from '../../streams.js';
import { placeOfToken, refreshBringsAll, rowsOfWalk, tokenMade } from './changes.js';
import { isPage, type Evidence, type TokenKind } from './evidence.js';
import { STALE_STATUSES } from '../walk.js';

/** What an answer means for the user. */
export type Group = 'works' | 'careful' | 'tell';

export interface Answer {
  readonly group: Group;
  readonly means: string;
  /** What the tap does. */
  readonly tap: string;
  /** What the user should do, if anything. */
  readonly user?: string;
}

export interface Question {
  readonly id: string;
  readonly asks: string;
  /** The id of the answer, or null if it could not be seen. */
  readonly read: (evidence: Evidence) => string | null;
  /** What has to be there to see it. */
  readonly needs: string;
  /** Whether it takes an event that the probe does not cause: not to see it is no failure. */
  readonly chance?: true;
  readonly answers: Readonly<Record<string, Answer>>;
}

const works = (means: string, tap: string): Answer => ({ group: 'works', means, tap });
const careful = (means: string, tap: string, user: string): Answer => ({
  group: 'careful',
  means,
  tap,
  user,
});
const tell = (means: string, tap: string): Answer => ({
  group: 'tell',
  means,
  tap,
  user: 'Open an issue with this report.',
});

/** Whether the tap takes a status for that of a stale token. */
function isStale(status: number | null): boolean {
  return STALE_STATUSES.includes(status ?? 0);
}

/** The status of a wrong token. */
const wrong = (kind: TokenKind): Question => ({
  id: `stale-${kind.replace('_', '-')}`,
  asks: `Which status does a wrong ${kind} get?`,
  needs: `a ${kind} that the API gave`,
  read({ corrupted }) {
    const response = corrupted.get(kind);
    if (response === undefined) return null;
    if (isPage(response)) return 'accepted';
    const { status } = response;
    if (isStale(status)) return String(status);
    // 5xx and broken connections say nothing about the token.
    return status !== null && status >= 400 && status < 500 ? 'other' : null;
  },
  answers: {
    ...Object.fromEntries(
      STALE_STATUSES.map((status) => [
        String(status),
        works(`It gets HTTP ${status}.`, 'It takes the token as stale, as docs/state.md says.'),
      ]),
    ),
    accepted: tell('It is accepted.', 'It cannot see that a token is stale.'),
    other: tell('It gets a status that the tap does not know.', 'The stream fails.'),
  },
});

/** Every question, in the order of the report. */
export const QUESTIONS: readonly Question[] = [
  {
    id: 'auth-form',
    asks: 'Which form of the Authorization header works?',
    needs: 'one page',
    read({ attempts }) {
      const good = attempts.find(({ status }) => status === 200);
      return good?.form ?? null;
    },
    answers: {
      quoted: works('Quotes work.', 'It sends quotes.'),
      unquoted: works('Only the form without quotes works.', 'It remembers this form.'),
    },
  },
  {
    id: 'refresh-token-place',
    asks: 'Is refresh_token on every page or only on the last one?',
    needs: 'a list of two to five pages',
    read: placeOfToken,
    answers: {
      every: works('It is on every page.', 'It keeps the first.'),
      last: works('It is on the last page only.', 'It keeps that one.'),
      none: tell('It is on no page.', 'Every walk is a full one.'),
    },
  },
  {
    id: 'refresh-token-made',
    chance: true,
    asks: 'Is refresh_token fixed when a walk starts, or made with each page?',
    needs: 'a row that changes while the probe walks a list: try again in working hours',
    read(evidence) {
      const made = tokenMade(evidence);
      return made === 'page' && placeOfToken(evidence) === 'last' ? 'last-page' : made;
    },
    answers: {
      start: works('It is fixed at the start.', 'No change is lost.'),
      page: works('It is made with each page.', 'It keeps the first, so no change is lost.'),
      'last-page': careful(
        'It is made with the last page: lists alone can miss what changes during a walk.',
        'It takes the changes of jobs and work orders from the feeds.',
        'Sync the feeds too, and verify the other lists now and then (docs/verify.md).',
      ),
    },
  },
  {
    id: 'refresh-returns',
    asks: 'Does a refresh token bring only what changed?',
    needs: 'a list of two to five pages',
    read(evidence) {
      const all = refreshBringsAll(evidence);
      return all === null ? null : all ? 'all' : 'changes';
    },
    answers: {
      changes: works('It brings the changes.', 'Syncs are incremental.'),
      all: careful(
        'It brings every row again.',
        'Each sync of a list costs as many calls as a full one.',
        'Sync less often, or raise the share of calls (docs/deployment.md).',
      ),
    },
  },
  {
    id: 'rows-of-walk',
    chance: true,
    asks: 'Do the pages of a walk show rows as they are now, or as at its start?',
    needs: 'a row that changes while the probe walks a list: try again in working hours',
    read: rowsOfWalk,
    answers: {
      live: works('As they are now.', 'Nothing depends on it.'),
      frozen: works('As they were when the walk started.', 'Nothing depends on it.'),
    },
  },
  wrong('next_batch'),
  wrong('refresh_token'),
  wrong('event_token'),
  {
    id: 'event-start',
    asks: 'What does a feed answer without a token?',
    needs: 'a feed that event_start_tokens does not name',
    read({ first }) {
      const feeds = STREAMS.filter(({ paging }) => paging === 'events');
      const bare = feeds.map(({ name }) => first.get(name));
      if (bare.some((page) => isPage(page) && page.sent === null)) return 'beginning';
      // Feeds with a token of the user are pages here, or failed for another reason.
      const isRefused = bare.some(
        (page) => page !== undefined && !isPage(page) && isStale(page.status),
      );
      return isRefused ? 'refuse' : null;
    },
    answers: {
      beginning: works('The events from the beginning.', 'It reads each feed from there.'),
      refuse: careful(
        'It demands a token.',
        'The feeds fail.',
        'Ask ECI for a first token of each feed, and set event_start_tokens.',
      ),
    },
  },
  {
    id: 'event-end',
    asks: 'How does a feed end?',
    needs: 'the end of a feed within five pages: set event_start_tokens to a recent token',
    read({ feed, first }) {
      const last = feed.at(-1);
      if (last === undefined || last.sent === null) return null;
      const isRepeated = last.event === last.sent;
      if (last.rows.length === 0) return isRepeated ? 'repeat-empty' : 'empty';
      if (!isRepeated) return null;
      const before = feed.at(-2) ?? first.get(last.stream.name);
      const isSame = isPage(before) && JSON.stringify(before.rows) === JSON.stringify(last.rows);
      return isSame ? 'repeat-page' : 'repeat-new';
    },
    answers: {
      empty: works('With an empty page and a new token.', 'The walk ends there.'),
      'repeat-empty': works('With an empty page and the same token.', 'The walk ends there.'),
      'repeat-page': works('With the last page again.', 'It does not emit the page twice.'),
      'repeat-new': works('With new events and the same token.', 'It emits them once.'),
    },
  },
  {
    id: 'retry-after',
    chance: true,
    asks: 'Is Retry-After sent with a 429?',
    needs: 'a 429, which the probe does not provoke',
    read({ attempts }) {
      const limited = attempts.find(({ status }) => status === 429);
      if (limited === undefined) return null;
      const value = header(limited.headers, 'retry-after');
      if (value === undefined) return 'none';
      return /^\d+$/.test(value.trim()) ? 'seconds' : 'date';
    },
    answers: {
      seconds: works('In seconds.', 'It waits as long.'),
      date: works('As a date.', "It waits until then, by the server's clock."),
      none: works('No.', 'It waits longer with each 429.'),
    },
  },
];

/** The answer to a question. */
export interface Finding {
  readonly question: Question;
  /** The id of the answer, or null if it could not be seen. */
  readonly id: string | null;
  readonly answer: Answer | null;
}

/** Reads the answers to all questions. */
export function findings(evidence: Evidence): Finding[] {
  return QUESTIONS.map((question) => {
    const id = question.read(evidence);
    return { question, id, answer: id === null ? null : (question.answers[id] ?? null) };
  });
}
