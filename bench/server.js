// The simulator as a process of its own, told what to serve as JSON in its one argument; its address is the one line on stdout.
//
//   {"simulator": {…options}}                 its answers, made and packed before the address is told
//   {"columns": 100, "rows": 100000}          the list of jobs alone, with so many columns
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Simulator } from '../dist/src/simulator/api.js';

const { simulator, columns, rows } = JSON.parse(process.argv[2]);
const url = await (columns === undefined ? serveKept(new Simulator(simulator)) : serveWide());
process.stdout.write(`${url}\n`);
process.on('disconnect', () => process.exit());

/** Serves a simulator's answers as they go over the wire, so that to make and to pack them takes nothing from what is measured beside it. */
async function serveKept(source) {
  const kept = new Map();
  const answerTo = async (path) => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const url = new URL(path, 'http://localhost');
    const { status, headers, body } = await source.answer({ method: 'GET', url, header, body: async () => '' });
    const bytes = gzipSync(body, { level: 1 });
    const answer = {
      status,
      headers: { ...headers, 'content-encoding': 'gzip', 'content-length': bytes.length },
      bytes,
    };
    if (status === 200) kept.set(path, answer);
    return { ...answer, body };
  };
  for (const stream of Object.keys(simulator.rowsByStream ?? {})) {
    for (let path = `/open/v1/${stream}`; path !== null;) {
      const { next_batch } = JSON.parse((await answerTo(path)).body);
      path = next_batch ? `/open/v1/${stream}?${new URLSearchParams({ next_batch })}` : null;
    }
  }
  return listening(async (request, response) => {
    const { status, headers, bytes } = await answerTo(request.url);
    response.writeHead(status, headers).end(bytes);
  });
}

/** The header of the simulator's own token; who asks is not looked at. */
function header(name) {
  return name === 'authorization' ? 'Token token="simulated-token", name="simulator"' : null;
}

/** Pages of rows with `columns` columns: an integer, a text, a date and a number by turns. Only the first row's id differs from page to page. */
async function serveWide() {
  const cells = [4711, 'Slab and framing', '2025-01-06T08:00:00.000-06:00', '1234.50'];
  const row = Object.fromEntries(Array.from({ length: columns - 1 }, (_, at) => [`column_${at}`, cells[at % 4]]));
  const rest = JSON.stringify(Array.from({ length: 99 }, (_, at) => ({ id: at, ...row }))).slice(1);
  return listening((request, response) => {
    const page = Number(new URL(request.url, 'http://localhost').searchParams.get('next_batch') ?? 0) + 1;
    const next = page < rows / 100 ? `"${page}"` : null;
    const first = JSON.stringify({ id: 1000 + page, ...row });
    response.setHeader('content-type', 'application/json');
    response.end(`{"jobs":[${first},${rest},"next_batch":${next},"refresh_token":"r"}`);
  });
}

async function listening(handle) {
  const server = createServer(handle);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}
