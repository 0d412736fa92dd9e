// The streams of the Airflow DAGs.
import { between } from './marks.js';
import { EVENTS, TABLES } from './split.js';

const WIDTH = 88;

/** A Python name for a comma-separated text, broken into lines as Python's formatters do. */
function assignment(name, names) {
  const lines = [''];
  for (const [index, one] of names.entries()) {
    const word = index < names.length - 1 ? `${one},` : one;
    if (`    "${lines.at(-1)}${word}"`.length > WIDTH) lines.push('');
    lines[lines.length - 1] += word;
  }
  return [`${name} = (`, ...lines.map((line) => `    "${line}"`), ')'];
}

export const airflow = {
  'deploy/airflow/bolt_eci_tap.py': (text) =>
    between(text, 'streams', [...assignment('EVENTS', EVENTS), ...assignment('TABLES', TABLES)]),
};
