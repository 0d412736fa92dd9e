/** What a question of `probe` is made of. */
import type { Evidence } from './evidence.js';

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
  /** What has to be there to see it, or what of that was missing. */
  readonly needs: string | ((evidence: Evidence) => string);
  /** Whether it takes an event that the probe does not cause: not to see it is no failure. */
  readonly chance?: true;
  readonly answers: Readonly<Record<string, Answer>>;
  /** Makes the answer of an id that is not among `answers`. */
  readonly other?: (id: string) => Answer;
}

/** It is as the tap expects. */
export function works(means: string, tap: string): Answer {
  return { group: 'works', means, tap };
}

/** The tap works, and the user should do something. */
export function careful(means: string, tap: string, user: string): Answer {
  return { group: 'careful', means, tap, user };
}

/** The tap does not expect it. */
export function tell(means: string, tap: string): Answer {
  return { group: 'tell', means, tap, user: 'Open an issue with this report.' };
}
