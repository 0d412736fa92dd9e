// The streams of the two schedules that the recipes of deploy/ have.
import { ALL_STREAMS } from '../../dist/streams.js';

/** The feeds, and the streams that they keep: a feed reports deleted rows only within its run. */
const isOfEvents = ({ paging, feed }) => paging === 'events' || feed !== undefined;

const names = (streams) => streams.map(({ name }) => name);

/** Every 2 hours. */
export const EVENTS = names(ALL_STREAMS.filter((stream) => isOfEvents(stream)));

/** Every 6 hours. */
export const TABLES = names(ALL_STREAMS.filter((stream) => !isOfEvents(stream)));
