/**
 * A tenant whose rows hold a mark in every place that a value can be in. The mark of a value is
 * the same wherever the field of a list occurs, and differs between fields.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import { shippedSchema } from '#src/catalog/shipped.js';
import { ALL_STREAMS, DELETED_COLUMNS, RESCUED, STREAMS, type StreamDef } from '#src/streams.js';
import type { Row } from './messages.js';

/** Undeclared fields of each row, and a field inside of its undeclared object. */
export const UNDECLARED = ['Secret Field', 'secret_parent'] as const;
export const INNER = 'pet_name';
/** Columns that are never masked, so they hold no marks. */
const PLAIN = new Set(['updated_at', 'etag', 'created_at', RESCUED, ...DELETED_COLUMNS]);

/** The list whose rows the events of a feed hold; the stream itself for others. */
export function listOf(stream: StreamDef): StreamDef {
  const lists = ALL_STREAMS.filter(({ feed }) => feed?.name === stream.name);
  return lists.find(({ feed }) => feed?.deletionsOnly !== true) ?? stream;
}

/** The columns of a list that hold marks. */
export function markedColumns({ name, keys }: StreamDef): string[] {
  return Object.keys(shippedSchema(name).properties).filter(
    (column) => !keys.includes(column) && !PLAIN.has(column),
  );
}

/** The part of a mark that is the same in every form: plain, escaped, and in URLs. */
export function core(list: string, field: string): string {
  return `Qz${Buffer.from(`${list}.${field}`).toString('hex')}zQ`;
}

/** A value: its core with a quote, a letter beyond ASCII, and blanks around it. */
export function mark(list: string, field: string, version = ''): string {
  return ` é"${core(list, field)}\\${version} `;
}

/** A row of a list. */
export function rowOf(list: StreamDef, id: number): Row {
  const row: Record<string, unknown> = { updated_at: '2025-01-06T08:00:00Z', etag: `e${id}` };
  for (const key of list.keys) row[key] = id;
  for (const column of markedColumns(list)) {
    const [parent, prefix = ''] =
      Object.entries(list.flatten).find(([, one]) => column.startsWith(one)) ?? [];
    if (parent === undefined) row[column] = mark(list.name, column);
    else
      row[parent] = {
        ...(typeof row[parent] === 'object' && row[parent]),
        [column.slice(prefix.length)]: mark(list.name, column),
      };
  }
  row[UNDECLARED[0]] = mark(list.name, 'secret_field');
  row[UNDECLARED[1]] = { list: [{ [INNER]: mark(list.name, INNER) }] };
  return row;
}

/** The row as an event holds it: all of its columns, none in an object. */
function changesOf(list: StreamDef): Readonly<Record<string, readonly [old: string, now: string]>> {
  return Object.fromEntries(
    markedColumns(list).map((name) => [
      name,
      [mark(list.name, name, 'old'), mark(list.name, name)],
    ]),
  );
}

/** The column of a list that has odd values in `listRows`. */
export function oddColumn(list: StreamDef): string {
  return markedColumns(list).find((one) => !hasParent(list, one)) ?? '';
}

/** Rows of a list: the usual, and each kind of one that is not. */
function listRows(list: StreamDef): unknown[] {
  const column = oddColumn(list);
  const { [list.keys[0] ?? '']: _, ...keyless } = rowOf(list, 2);
  const capital = column.replaceAll('_', ' ').toUpperCase();
  const odd = Object.keys(list.flatten).map((parent, at) =>
    Object.assign(rowOf(list, 20 + at), { [parent]: mark(list.name, `${parent}_`) }),
  );
  return [
    rowOf(list, 1),
    keyless,
    { ...rowOf(list, 3), [column]: null },
    { ...rowOf(list, 4), [column]: { [column]: [mark(list.name, column)] } },
    { ...rowOf(list, 5), [capital]: mark(list.name, column, 'second') },
    {
      ...rowOf(list, 6),
      nested: `\n\t${JSON.stringify({ deep: [{ [column]: mark(list.name, column) }] })}`,
    },
    { ...rowOf(list, 7), [column]: '  ' },
    ...odd,
  ];
}

function hasParent({ flatten }: StreamDef, column: string): boolean {
  return Object.values(flatten).some((prefix) => column.startsWith(prefix));
}

/** Forms of `changes` in which a field's name is a value, or a word of a text. */
function namedChanges(
  changes: Readonly<Record<string, readonly [old: string, now: string]>>,
  snapshot: string,
): unknown[] {
  const each = (form: (name: string, old: string, now: string) => unknown): unknown[] =>
    Object.entries(changes).map(([name, [old, now]]) => form(name, old, now));
  const words = (name: string): string => name.replaceAll('_', ' ');
  const title = (name: string): string => `Job: ${words(name).toUpperCase()}`;
  const camel = (name: string): string =>
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [
    each((field, old, now) => ({ field, old, new: now })),
    each((attribute, from, to) => ({ from: [from], attribute, more: { deep: [{ to }] } })),
    JSON.stringify(each((name, old, now) => ({ name: `${snapshot}.${name}`, values: [old, now] }))),
    { list: each((name, old, now) => [name, old, now]) },
    each((name, old, now) => [title(name), [old, { now: { now } }]]),
    each((name, old, now) => ['~', words(name), old, now]),
    each((name, old, now) => `${name}: ${old} -> ${now}`),
    { updated_at: each((name, old, now) => `${name}: ${old} -> ${now}`).join(', ') },
    { text: each((name, old, now) => `the ${words(name)}, ${old}, became ${now}`).join('; ') },
    each((name, old, now) => ({ message: `${camel(name)} was changed`, old, now })),
    each((name, old, now) => ({ fields: [name], old: [old], new: [now] })),
    Object.fromEntries(each((name, old) => [`${name}_was`, old]).flatMap((one) => [pairOf(one)])),
    Object.fromEntries(each((name, _, now) => [camel(name), now]).flatMap((one) => [pairOf(one)])),
    JSON.stringify(each((name, old, now) => JSON.stringify(`${name}=${old},${now}`))),
  ];
}

function pairOf(value: unknown): [string, unknown] {
  return Array.isArray(value) ? [String(value[0]), value[1]] : ['', value];
}

/** Events of a feed: changes in each form, and events that nothing follows from. */
function eventRows(feed: StreamDef): unknown[] {
  const list = listOf(feed);
  const snapshot = Object.keys(feed.flatten)[0] ?? '';
  const changes = changesOf(list);
  const pairs = Object.fromEntries(
    Object.entries(changes).map(([name, [old, now]]) => [name, { old, new: now }]),
  );
  const event = (id: number, kind: string, more: Row): Row => ({
    id,
    event: kind,
    created_at: `2025-02-0${id} 12:00:00 UTC`,
    author: mark(feed.name, 'author'),
    [snapshot]: { ...rowOf(list, id), job_id: 9, work_order_id: 9 },
    ...more,
  });
  return [
    event(1, 'create', {}),
    event(2, 'update', { changes }),
    event(3, 'update', { changes: { [snapshot]: { more: [pairs] } } }),
    event(4, 'update', { changes: JSON.stringify(changes) }),
    event(5, 'update', { changes: JSON.stringify(JSON.stringify({ deep: [pairs] })) }),
    event(6, 'update', { changes: `---\nall: ${Object.values(changes).flat().join(', ')}` }),
    event(6, 'destroy', {}),
    event(7, 'archive', {}),
    event(8, 'destroy', { created_at: 'soon' }),
    event(9, 'update', { id: null, created_at: null, changes }),
    event(9, 'update', { [snapshot]: [rowOf(list, 9)] }),
    ...namedChanges(changes, snapshot).map((named, at) =>
      event(3, 'update', { changes: named, created_at: `2025-03-03 12:00:${10 + at} UTC` }),
    ),
  ];
}

/** The rows of a stream as the API sends them. */
export function sentRows(stream: StreamDef): unknown[] {
  return stream.paging === 'events' ? eventRows(stream) : listRows(stream);
}

/** The text of a response. */
export function bodyOf(url: URL): string {
  const stream = STREAMS.find(({ path }) => url.pathname === `/open/v1${path}`);
  if (stream === undefined) return '{}';
  const isLater = url.search !== '';
  const rows = isLater ? [] : sentRows(stream);
  if (stream.paging === 'array') return JSON.stringify(rows);
  const token = stream.paging === 'events' ? { event_token: 'e1' } : { refresh_token: 'r1' };
  return JSON.stringify({ [stream.recordsKey]: rows, ...token });
}

/** The API for the tap's client in this process. */
export const markedApi = {
  fetch: async (request: Request): Promise<Response> => {
    const headers = { 'content-type': 'application/json', date: 'Sun, 05 Jan 2025 12:00:00 GMT' };
    return new Response(bodyOf(new URL(request.url)), { headers });
  },
};

/** Serves the API on loopback. */
export async function serveMarked(): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(bodyOf(new URL(request.url ?? '/', 'http://localhost')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Every form in which a text could show the core of a mark. */
export function formsOf(text: string): string[] {
  const cased = [text, text.toLowerCase(), text.toUpperCase()];
  const coded = cased.flatMap((one) => [
    Buffer.from(one).toString('hex'),
    ...[0, 1, 2].map((shift) => {
      const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(one)]).toString('base64');
      // The characters at both ends depend on the neighbors.
      return whole.slice(4, -4);
    }),
  ]);
  return [...cased, ...coded];
}
