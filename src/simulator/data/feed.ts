/** The events of one feed: those of the past follow from the story, those of the simulation are kept. */

import type { Row, Site } from './tenant.js';
import { DAY, day, stamp } from './times.js';
import type { Episode, Story } from './history.js';
import * as words from './words.js';

const FIRST_EVENT_ID = 90_000_000;

/** A column that changes over the life of a row, and how it looked before. */
type Plot = readonly (readonly [column: string, before: (value: unknown) => unknown])[];

function none(value: unknown): unknown {
  return value === null ? 'to follow' : null;
}

function weekBefore(value: unknown): unknown {
  return day(Date.parse(String(value).slice(0, 10)) - 6.5 * DAY);
}

/** What the past of rows is made of, by the snapshot's name. */
const PLOTS: Readonly<Record<string, Plot>> = {
  job: [['start_date', weekBefore], ['permit_number', none], ['notes', none], ['active', (value) => value !== true]],
  work_order: [
    ['stage', (value) => (value === 'New' ? 'Scheduled' : 'New')],
    ['estimated_completion_date', weekBefore],
    ['crew_notes', none],
    ['percentage_of_completion', (value) => (value === 0 ? 5 : 0)],
  ],
  status: [['status', (value) => value !== true]],
}; // prettier-ignore

/** Makes the row of an index (or the gone one beside it) in plain form, as of a step. */
export type PastRow = (episode: Episode, created: number, updated: number) => Row;

/** Where a feed's events come from. */
export interface FeedSource {
  readonly stream: string;
  /** The name that the snapshot stands under. */
  readonly snapshot: string;
  readonly story: Story;
  readonly site: Site;
  row: PastRow;
  /** Gives a snapshot or event the looks it is sent in. */
  dress(row: Row, index: number): Row;
  spoil(event: Row, index: number): unknown;
}

export class Feed {
  readonly #source: FeedSource;
  readonly #plot: Plot;
  readonly #kept: Row[] = [];

  constructor(source: FeedSource) {
    this.#source = source;
    this.#plot = PLOTS[source.snapshot] ?? [];
  }

  get count(): number {
    return this.#source.story.events + this.#kept.length;
  }

  /** Events `from` to before `to`, oldest first, as they are sent. */
  slice(from: number, to: number): unknown[] {
    const events: unknown[] = [];
    for (let event = from; event < Math.min(to, this.count); event++) events.push(this.#at(event));
    return events;
  }

  /** All events as they are sent. */
  *all(): Generator {
    for (let event = 0; event < this.count; event++) yield this.#at(event);
  }

  /** The event id that the event of a number has, though it may not show it. */
  idOf(event: number): number {
    return FIRST_EVENT_ID + event * 2;
  }

  /** How many events there are up to and with the one of this id. */
  upTo(id: number): number {
    return Math.floor((id - FIRST_EVENT_ID) / 2) + 1;
  }

  #at(event: number): unknown {
    const { story, site, stream, snapshot } = this.#source;
    const kept = this.#kept[event - story.events];
    if (kept) return kept;
    const episode = story.at(event);
    const time = story.time(event);
    const row = this.#source.row(episode, story.timeOf(episode.index, episode.gone, 0), time);
    const changes = this.#rewind(row, episode);
    const last = episode.step === episode.steps - 1;
    const dice = site.dice(stream, event);
    const told: Row = {
      ...this.#head(event, episode.step === 0 ? 'create' : episode.gone && last ? 'destroy' : 'update', time),
      author: dice.once(9) ? null : site.name('employees', dice.below(40)),
    };
    if (told['event'] === 'update') told['changes'] = changes;
    told[snapshot] = this.#source.dress(row, episode.index);
    return this.#source.spoil(told, event);
  }

  /** Takes a row back to a step of its past; gives what that step changed in it. */
  #rewind(row: Row, { step, steps }: Episode): Row {
    const changes: Row = {};
    for (const [at, [column, before]] of this.#plot.entries()) {
      const value = row[column];
      const later = turns(steps - 1, at, this.#plot.length) - turns(step, at, this.#plot.length);
      row[column] = later % 2 === 0 ? value : before(value);
      const turn = step > 0 && (step - 1) % this.#plot.length === at;
      if (turn) changes[column] = [later % 2 === 0 ? before(value) : value, row[column]];
    }
    return changes;
  }

  #head(event: number, kind: string, time: number): Row {
    const head = { event: kind, author: null, created_at: stamp(time) };
    const nameless = this.#source.snapshot === 'work_order' && event % 3 === 1;
    return nameless ? head : { id: this.idOf(event), ...head };
  }

  /** Writes down what happened to a row just now. `changes` is told of updates alone. */
  append(kind: 'create' | 'update' | 'destroy', row: Row, changes: Row, time: number): void {
    const { site, stream, snapshot } = this.#source;
    const dice = site.dice(stream, this.count);
    this.#kept.push({
      ...this.#head(this.count, kind, time),
      author: dice.pick(words.FIRST_NAMES),
      ...(kind === 'update' ? { changes } : {}),
      [snapshot]: row,
    });
  }
}

/** How often the column at a place of the plot has had its turn, after so many steps. */
function turns(steps: number, at: number, columns: number): number {
  return Math.max(0, Math.ceil((steps - at) / columns));
}
