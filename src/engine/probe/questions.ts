/**
 * The questions of `probe` as data: what is asked, what each answer means, what the tap does then,
 * and what the user should do. `docs/api.md` names the question that settles each open point.
 */
import { TOKEN_KINDS, type Evidence } from './evidence.js';
import { FEED_QUESTIONS } from './feed-questions.js';
import { LIST_QUESTIONS } from './list-questions.js';
import { HEADER_QUESTION, RETRY_AFTER_QUESTION, wrongTokenQuestion } from './other-questions.js';
import type { Answer, Question } from './question.js';
import { STEPS } from './steps.js';

/** Every question, in the order of the report. */
export const QUESTIONS: readonly Question[] = [
  HEADER_QUESTION,
  ...LIST_QUESTIONS,
  ...TOKEN_KINDS.map((kind) => wrongTokenQuestion(kind)),
  ...FEED_QUESTIONS,
  RETRY_AFTER_QUESTION,
];

/** The answer to a question. */
export interface Finding {
  readonly question: Question;
  /** The id of the answer, or null if it could not be seen. */
  readonly id: string | null;
  readonly answer: Answer | null;
  /** What it takes to see it; null if the probe ended before that was known. */
  readonly needs: string | null;
}

/**
 * Reads the answers to all questions.
 *
 * @param unasked the steps that were not asked to their end
 */
export function findings(evidence: Evidence, unasked: readonly string[] = []): Finding[] {
  const hasBegun = unasked.length < STEPS.length;
  return QUESTIONS.map((question) => {
    const id = question.read(evidence);
    const answer = id === null ? null : (question.answers[id] ?? question.other?.(id) ?? null);
    const needs = hasBegun ? question.needs : null;
    return { question, id, answer, needs: typeof needs === 'function' ? needs(evidence) : needs };
  });
}
