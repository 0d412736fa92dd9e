// Every mutant: see scripts/mutate.js.
import { API } from './api.js';
import { CALLS } from './calls.js';
import { ENGINE } from './engine.js';
import { RUN } from './run.js';
import { TRUE_COPY } from './true-copy.js';
import { WALKS } from './walks.js';

/**
 * @typedef {object} Mutant
 * @property {string} file
 * @property {string} what what is broken, for the report
 * @property {string} find a text that is in the file once
 * @property {string} replace
 * @property {string[]} tests names below test/, without `.test.ts`
 * @property {string} [equivalent] why no test can see the difference; such a mutant does not count
 */

/** @type {readonly Mutant[]} */
export const ALL = [...API, ...CALLS, ...WALKS, ...ENGINE, ...TRUE_COPY, ...RUN].flatMap(
  ({ file, tests, mutants }) => mutants.map((mutant) => ({ file, tests, ...mutant })),
);
