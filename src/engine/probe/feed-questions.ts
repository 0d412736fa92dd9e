/** The questions about event feeds. */
import { STREAMS } from '../../streams.js';
import { isStaleStatus } from '../walk.js';
import { isPage } from './evidence.js';
import { columnsOfEvents, endOfFeeds } from './feed-end.js';
import { careful, tell, works, type Question } from './question.js';

export const FEED_QUESTIONS: readonly Question[] = [
  {
    id: 'event-start',
    asks: 'What does a feed answer without a token?',
    needs: 'a feed that event_start_tokens does not name',
    read({ first }) {
      const bare = STREAMS.flatMap(({ name, paging }) => {
        const response = paging === 'events' ? first.get(name) : undefined;
        return response?.sent === null ? [response] : [];
      });
      const pages = bare.filter(isPage);
      const isRefused = bare.some((one) => !isPage(one) && isStaleStatus(one.status));
      if (pages.length === 0) return isRefused ? 'refuse' : null;
      if (isRefused) return 'mixed';
      return pages.some(({ rows }) => rows.length > 0) ? 'beginning' : 'no-events';
    },
    answers: {
      beginning: works('Events.', 'It reads each feed from the first event that it gets.'),
      'no-events': works('A page without events.', 'It reads each feed from there.'),
      refuse: careful(
        'It demands a token.',
        'The feeds fail.',
        'Ask ECI for a first token of each feed, and set event_start_tokens.',
      ),
      mixed: tell('Some feeds answer with events, and some demand a token.', 'The latter fail.'),
    },
  },
  {
    id: 'event-end',
    asks: 'How does a feed end?',
    needs: 'the end of a feed within five pages: set event_start_tokens to a recent token',
    read: endOfFeeds,
    answers: {
      empty: works('With an empty page and a new token.', 'The walk ends there.'),
      'empty-no-token': works('With an empty page and no token.', 'It keeps the token it sent.'),
      'repeat-empty': works('With an empty page and the same token.', 'The walk ends there.'),
      'repeat-empty-at-once': works(
        'With an empty page and the same token. Whether a last page with events repeats the ' +
          'token too was not seen.',
        'The walk ends at either.',
      ),
      'repeat-page': works('With the last page again.', 'It does not emit the page twice.'),
      'repeat-new': works('With new events and the same token.', 'It emits them once.'),
      'repeat-some': works(
        'With events and the same token. Whether they had come before was not seen.',
        'It emits each of them once.',
      ),
    },
  },
  {
    id: 'event-columns',
    asks: 'Do events hold the columns of their list?',
    needs: 'a page of a list and a page of its feed: jobs or work_orders',
    read: columnsOfEvents,
    answers: {
      same: works('Yes.', 'Rows of a list and of its events are alike.'),
      fewer: tell(
        'Events lack columns that the list has: never_came of the feed names them.',
        'They are null in the rows that come from events.',
      ),
    },
  },
];
