/**
 * What happened before the simulation began: which row each event of a feed is about, and when it was, from the event's
 * number alone. Rows live in groups; within a group each is created, then each changed, again and again, so that their lives overlap.
 * Beside every 50 rows lived one that was destroyed in the end.
 */

import { HISTORY_END, HISTORY_START } from './times.js';

const GROUP = 20;
const ROWS_PER_GONE = 50;

/** One event of the past. */
export interface Episode {
  /** The index of the row, or of the one it stood beside if it is gone. */
  readonly index: number;
  readonly gone: boolean;
  /** 0 is the creation; `steps` is how many events the row has in all. */
  readonly step: number;
  readonly steps: number;
}

export class Story {
  readonly events: number;
  /** How many rows of the list have events; the first ones. */
  readonly #told: number;
  /** Those rows and the gone ones. */
  readonly #subjects: number;
  /** How often each subject has its turn, before what is left over goes to the first ones. */
  readonly #rounds: number;

  constructor(events: number, rows: number) {
    this.events = events;
    this.#told = Math.max(1, Math.min(rows, Math.floor(events / 2.2)));
    this.#subjects = this.#told + Math.floor(this.#told / ROWS_PER_GONE);
    this.#rounds = Math.floor(events / this.#subjects);
  }

  /** The event of a number from 0 to `events` - 1, oldest first. */
  at(event: number): Episode {
    let subject = event - this.#rounds * this.#subjects;
    let step = this.#rounds;
    if (subject < 0) {
      const first = Math.floor(event / (GROUP * this.#rounds)) * GROUP;
      const within = event - first * this.#rounds;
      const members = Math.min(GROUP, this.#subjects - first);
      subject = first + (within % members);
      step = Math.floor(within / members);
    }
    const steps = this.#stepsOf(subject);
    const gone = subject % (ROWS_PER_GONE + 1) === ROWS_PER_GONE;
    const index = subject - Math.floor(subject / (ROWS_PER_GONE + 1)) - (gone ? 1 : 0);
    return { index, gone, step, steps };
  }

  /** How many events the row at an index has. */
  steps(index: number): number {
    return index < this.#told && this.events > 0 ? this.#stepsOf(subjectOf(index, false)) : 0;
  }

  #stepsOf(subject: number): number {
    return this.#rounds + (subject < this.events - this.#rounds * this.#subjects ? 1 : 0);
  }

  /** When the event of a number was, in ms; it rises strictly. */
  time(event: number): number {
    return Math.floor(HISTORY_START + ((HISTORY_END - HISTORY_START) * event) / this.events);
  }

  /** When a step of a row was, in ms. */
  timeOf(index: number, gone: boolean, step: number): number {
    const subject = subjectOf(index, gone);
    if (step >= this.#rounds) return this.time(this.#rounds * this.#subjects + subject);
    const first = Math.floor(subject / GROUP) * GROUP;
    const members = Math.min(GROUP, this.#subjects - first);
    return this.time(first * this.#rounds + step * members + (subject - first));
  }
}

function subjectOf(index: number, gone: boolean): number {
  return index + Math.floor(index / ROWS_PER_GONE) + (gone ? 1 : 0);
}
