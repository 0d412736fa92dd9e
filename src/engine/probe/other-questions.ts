/** The questions about requests: the header, wrong tokens, and rate limits. */
import { header } from '../../api/outcome.js';
import { STALE_STATUSES } from '../walk.js';
import { isPage, pagesOf, type Evidence, type TokenKind } from './evidence.js';
import { tell, works, type Answer, type Question } from './question.js';

export const HEADER_QUESTION: Question = {
  id: 'auth-form',
  asks: 'Which form of the Authorization header works?',
  needs: 'one page',
  read({ first, attempts }) {
    const form = pagesOf(first.values())[0]?.form ?? null;
    if (form === null) return null;
    const isRefused = attempts.some((one) => one.form !== form && isRefusal(one.status));
    return isRefused ? `only-${form}` : form;
  },
  answers: {
    quoted: works(
      'It works with quotes. Whether it works without them is not asked.',
      'It sends quotes.',
    ),
    unquoted: works(
      'It works without quotes, as an earlier run found. Whether it works with them is not asked.',
      'It sends no quotes.',
    ),
    'only-quoted': works(
      'It works with quotes. A request without them was refused.',
      'It sends quotes, and remembers it.',
    ),
    'only-unquoted': works(
      'It works without quotes. A request with them was refused.',
      'It sends no quotes, and remembers it.',
    ),
  },
};

/** 4xx that come and go. */
const PASSING = new Set([408, 425, 429]);

/** Whether the API refused a request, and did not only fail to answer it. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !PASSING.has(status);
}

/**
 * Whether responses that are no refusals are about wrong tokens, and not an outage: no wrong token
 * got another response, there are two at least, and a later request was answered.
 */
function isAboutTokens({ corrupted, feed }: Evidence): boolean {
  const wrong = [...corrupted.values()];
  const last = Math.max(...wrong.map(({ responses }) => responses));
  return (
    wrong.length > 1 &&
    wrong.every((one) => !isPage(one) && !isRefusal(one.status ?? 0)) &&
    feed.some(({ responses }) => responses > last)
  );
}

function otherStatus(id: string): Answer {
  return id.startsWith('5')
    ? tell(`It gets HTTP ${id} each time.`, 'It takes that for a fault of the server.')
    : tell(`It gets HTTP ${id}, which says nothing of tokens.`, 'The stream fails.');
}

/** What it takes to see what a wrong token gets. */
const NEEDED: Readonly<Record<TokenKind, string>> = {
  next_batch: 'a list of two pages or more, and a response to a wrong next_batch',
  refresh_token: 'a refresh_token that the API gave, and a response to a wrong one',
  event_token:
    'an event_token that the API gave, and a response to a wrong one. If feeds demand a token, ' +
    'set event_start_tokens',
};

/** The status of a wrong token. */
export function wrongTokenQuestion(kind: TokenKind): Question {
  return {
    id: `stale-${kind.replace('_', '-')}`,
    asks: `Which status does a wrong ${kind} get?`,
    needs: NEEDED[kind],
    read(evidence) {
      const response = evidence.corrupted.get(kind);
      if (response === undefined) return null;
      if (isPage(response)) return 'accepted';
      const { status } = response;
      if (status === null) return null;
      if (!isRefusal(status) && !isAboutTokens(evidence)) return null;
      return status < 300 ? 'no-rows' : String(status);
    },
    answers: {
      ...Object.fromEntries(
        STALE_STATUSES.map((status) => [
          String(status),
          works(`It gets HTTP ${status}.`, 'It takes the token as stale, as docs/state.md says.'),
        ]),
      ),
      accepted: tell('It is accepted.', 'It cannot see that a token is stale.'),
      'no-rows': tell('It gets a response without rows.', 'The stream fails.'),
    },
    other: otherStatus,
  };
}

/** Sent as seconds or as a date. */
const RETRY_AFTER = [
  ['seconds', /^\d+(?:\.\d+)?$/],
  ['date', /^[A-Za-z]{3,9},? /],
] as const;

export const RETRY_AFTER_QUESTION: Question = {
  id: 'retry-after',
  chance: true,
  asks: 'Is Retry-After sent with a 429?',
  needs: 'a 429, which the probe does not provoke',
  read({ attempts }) {
    const limited = attempts.filter(({ status }) => status === 429);
    if (limited.length === 0) return null;
    const value = limited
      .map(({ headers }) => header(headers, 'retry-after')?.trim())
      .find(Boolean);
    if (value === undefined) return 'none';
    return RETRY_AFTER.find(([, form]) => form.test(value))?.[0] ?? 'other';
  },
  answers: {
    seconds: works('In seconds.', 'It waits as long.'),
    date: works('As a date.', "It waits until then, by the server's clock."),
    none: works('No.', 'It waits longer with each 429.'),
    other: tell('In a form that the tap does not know.', 'It waits longer with each 429.'),
  },
};
