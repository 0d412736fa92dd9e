/**
 * The simulated past of a list: which row each event is about, and when it happened, computed from
 * the number of the event. Rows form groups. All rows of a group are created, then all are changed,
 * then all are changed again, so that their events interleave. For every 50 rows there is one more
 * that was removed.
 */

import { HISTORY_END, HISTORY_START } from './times.js';

const GROUP = 20;
const ROWS_PER_REMOVED = 50;

/** An event of the past. */
export interface PastEvent {
  /** The index of the row; for a removed row, the index of the row before it. */
  readonly index: number;
  readonly removed: boolean;
  /** The position among the events of the row; 0 is the creation. */
  readonly step: number;
  /** How many events the row has in total. */
  readonly steps: number;
}

export class History {
  readonly events: number;
  /** How many rows of the list have events: the first ones. */
  readonly #rowsWithEvents: number;
  /** The number of those rows and of the removed ones. Both are called subjects. */
  readonly #subjects: number;
  /** How many events each subject has at least. The first subjects have one more. */
  readonly #rounds: number;

  /**
   * @param events how many events there are
   * @param rows how many rows the list has
   */
  constructor(events: number, rows: number) {
    this.events = events;
    this.#rowsWithEvents = Math.max(1, Math.min(rows, Math.floor(events / 2.2)));
    this.#subjects = this.#rowsWithEvents + Math.floor(this.#rowsWithEvents / ROWS_PER_REMOVED);
    this.#rounds = Math.floor(events / this.#subjects);
  }

  /** Returns the event with a number from 0 to `events` - 1. Event 0 is the oldest. */
  eventAt(number: number): PastEvent {
    let subject = number - this.#rounds * this.#subjects;
    let step = this.#rounds;
    if (subject < 0) {
      const first = Math.floor(number / (GROUP * this.#rounds)) * GROUP;
      const within = number - first * this.#rounds;
      const members = Math.min(GROUP, this.#subjects - first);
      subject = first + (within % members);
      step = Math.floor(within / members);
    }
    const steps = this.#countSteps(subject);
    const removed = subject % (ROWS_PER_REMOVED + 1) === ROWS_PER_REMOVED;
    const index = subject - Math.floor(subject / (ROWS_PER_REMOVED + 1)) - (removed ? 1 : 0);
    return { index, removed, step, steps };
  }

  /** Returns how many events the row at an index has. */
  stepsOfRow(index: number): number {
    if (index >= this.#rowsWithEvents || this.events === 0) return 0;
    return this.#countSteps(subjectNumber(index, false));
  }

  #countSteps(subject: number): number {
    return this.#rounds + (subject < this.events - this.#rounds * this.#subjects ? 1 : 0);
  }

  /** Returns the time of an event in ms. A later event has a later time. */
  timeOfEvent(number: number): number {
    return Math.floor(HISTORY_START + ((HISTORY_END - HISTORY_START) * number) / this.events);
  }

  /** Returns the time of a step of a row in ms. */
  timeOfStep(index: number, removed: boolean, step: number): number {
    const subject = subjectNumber(index, removed);
    if (step >= this.#rounds) return this.timeOfEvent(this.#rounds * this.#subjects + subject);
    const first = Math.floor(subject / GROUP) * GROUP;
    const members = Math.min(GROUP, this.#subjects - first);
    return this.timeOfEvent(first * this.#rounds + step * members + (subject - first));
  }
}

function subjectNumber(index: number, removed: boolean): number {
  return index + Math.floor(index / ROWS_PER_REMOVED) + (removed ? 1 : 0);
}
