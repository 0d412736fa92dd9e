/** The questions about lists: refresh tokens and the rows of a walk. */
import { placeOfToken, refreshBringsAll, rowsOfWalk, tokenMade } from './changes.js';
import { isPage, type Evidence } from './evidence.js';
import { careful, tell, works, type Question } from './question.js';

const CHANGING = 'a row that changes while the probe walks a list: try again in working hours';
const SEVERAL_PAGES =
  'a list of two pages or more whose rows have updated_at, and a row that changes during the probe';

/** What is missing to see when the refresh token is made. */
function missingForTime(evidence: Evidence): string {
  const { walk } = evidence;
  if (walk.length < 2) return SEVERAL_PAGES;
  // It brings unchanged rows as well, so that a row comes back says nothing.
  if (refreshBringsAll(evidence) === true) return 'a refresh_token that brings changes only';
  if (walk.at(-1)?.refresh === null)
    return 'a list of two to five pages whose last page has a refresh_token, and a row that changes';
  return CHANGING;
}

export const LIST_QUESTIONS: readonly Question[] = [
  {
    id: 'refresh-token-place',
    asks: 'Is refresh_token on every page or only on the last one?',
    needs: 'a list of two pages or more, and the last page of a list',
    read: placeOfToken,
    answers: {
      every: works('It is on every page.', 'It keeps the first.'),
      last: works('It is on the last page only.', 'It keeps that one.'),
      none: tell('It is on no page.', 'Every walk is a full one.'),
      mixed: tell(
        'It is on some pages only, and the tap does not see by which rule.',
        'It keeps the first. A walk without one is followed by a full one.',
      ),
    },
  },
  {
    id: 'refresh-token-made',
    chance: true,
    asks: 'Is refresh_token fixed when a walk starts, or made with each page?',
    needs: missingForTime,
    read(evidence) {
      const made = tokenMade(evidence);
      return made === 'page' && placeOfToken(evidence) === 'last' ? 'last-page' : made;
    },
    answers: {
      start: works('It is fixed at the start.', 'No change is lost.'),
      page: works('It is made with each page.', 'It keeps the first, so no change is lost.'),
      differ: works(
        'It differs from page to page, so it is probably made with each. No row changed meanwhile.',
        'It keeps the first, so no change is lost.',
      ),
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
    needs: 'a list with a refresh_token and with rows older than an hour',
    read(evidence) {
      const { refreshed } = evidence;
      const status = isPage(refreshed) ? null : (refreshed?.status ?? null);
      if (status !== null) return status >= 400 && status < 500 ? 'refused' : null;
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
      refused: tell('One that was just given is refused.', 'Every walk is a full one.'),
    },
  },
  {
    id: 'rows-of-walk',
    chance: true,
    asks: 'Do the pages of a walk show rows as they are now, or as at its start?',
    needs: ({ walk }) => (walk.length < 2 ? SEVERAL_PAGES : CHANGING),
    read: rowsOfWalk,
    answers: {
      live: works('As they are now.', 'Nothing depends on it.'),
      frozen: works('As they were when the walk started.', 'Nothing depends on it.'),
    },
  },
  {
    id: 'array-form',
    asks: 'In which form does job_type_configuration come?',
    needs: 'access to job_type_configuration',
    read({ first }) {
      const page = first.get('job_type_configuration');
      return isPage(page) ? (page.isArray ? 'array' : 'object') : null;
    },
    answers: {
      array: works('As an array.', 'It reads both forms.'),
      object: works('As an object that holds the array.', 'It reads both forms.'),
    },
  },
];
