/** What the probe notes besides the answers: numbers, and names of headers, fields and columns. */
import { header } from '../../api/outcome.js';
import { serverTime } from '../../api/retry.js';
import { shippedSchema } from '../../catalog/shipped.js';
import { isObject } from '../../json.js';
import { compileFields, normalSpelling } from '../../shape/fields.js';
import type { ProbeFacts, StreamFacts } from '../../reports/probe-report.js';
import { DELETED_COLUMNS, RESCUED, STREAMS } from '../../streams.js';
import { isPage, type Evidence, type Refused, type Seen } from './evidence.js';

const ENCODINGS = new Set(['gzip', 'deflate', 'br']);
/** A field's name is data of Bolt, not of a user; yet what does not look like a name stays here. */
const NAME = /^[A-Za-z][\w -]{0,59}$/;
const MOST_NAMES = 50;
const RATE_HEADER = /^(?:x-)?rate-?limit[a-z-]{0,40}$|^retry-after$/;

/**
 * Gathers the facts.
 *
 * @param clockAhead the server's clock less ours with each response that had a Date, in ms
 */
export function factsOf(
  { attempts, first, withoutPage }: Evidence,
  clockAhead: readonly number[],
): ProbeFacts {
  const names = new Set(attempts.flatMap(({ headers }) => Object.keys(headers)));
  const encodings = attempts.map(({ headers }) => header(headers, 'content-encoding') ?? 'none');
  const ahead = clockAhead.toSorted((a, b) => a - b)[Math.floor(clockAhead.length / 2)];
  return {
    streams: STREAMS.flatMap(({ name }) => {
      const page = first.get(name);
      return page === undefined ? [] : [streamFacts(name, page)];
    }),
    without_page: withoutPage,
    rate_headers: [...names].filter((name) => RATE_HEADER.test(name)).toSorted(),
    compression: [...new Set(encodings)].map((one) =>
      one === 'none' || ENCODINGS.has(one) ? one : 'other',
    ),
    clock_ahead_s: ahead === undefined ? null : Math.round(ahead / 1000),
  };
}

function streamFacts(stream: string, page: Seen | Refused): StreamFacts {
  if (!isPage(page)) {
    const { status } = page;
    const none = { rows: 0, goes_on: false, undeclared: [], never_came: [] };
    return { stream, status, gave_page: false, ...none };
  }
  return {
    stream,
    status: 200,
    gave_page: true,
    rows: page.rows.length,
    goes_on: page.next !== null,
    ...fieldsOf(page),
  };
}

function fieldsOf({ stream, rows }: Seen): Pick<StreamFacts, 'undeclared' | 'never_came'> {
  const schema = shippedSchema(stream.name);
  const undeclared: string[] = [];
  const { find, columns } = compileFields(
    stream,
    schema,
    new Set(Object.keys(schema.properties)),
    (field) => undeclared.push(field),
  );
  const came = new Set<string | undefined>([...stream.keys, ...DELETED_COLUMNS, RESCUED]);
  for (const row of rows) {
    if (!isObject(row)) continue;
    for (const [name, value] of Object.entries(row)) {
      const { slot, object } = find(name);
      came.add(columns[slot]);
      if (object === null || !isObject(value)) continue;
      for (const inner of Object.keys(value)) came.add(columns[object.fields(inner).slot]);
    }
  }
  const named = undeclared.map((name) => (NAME.test(name) ? normalSpelling(name) : '(no name)'));
  const absent = rows.length === 0 ? [] : columns.filter((column) => !came.has(column));
  return {
    undeclared: [...new Set(named)].slice(0, MOST_NAMES),
    never_came: absent.slice(0, MOST_NAMES),
  };
}

/** The server's clock less ours, in ms, of a response that arrived now; null without a Date. */
export function clockDifference(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): number | null {
  const time = serverTime(headers);
  return time === undefined ? null : time - now;
}
