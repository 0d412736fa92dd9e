// The simulator in a separate process. Its only argument is JSON that says what to serve; it prints
// one line, its address.
//
//   {"simulator": {…options}, "compress": true}
//   {"columns": 100, "rows": 100000}          only the list of jobs, with that many columns
import { createServer } from 'node:http';
import { Simulator } from '../dist/simulator/simulator.js';
import { serve } from '../dist/simulator/serve.js';

const { simulator, compress = true, columns, rows } = JSON.parse(process.argv[2]);
const url =
  columns === undefined
    ? (await serve(new Simulator(simulator), { compress })).url
    : await serveWide();
process.stdout.write(`${url}\n`);
process.on('disconnect', () => process.exit());

/**
 * Serves pages of rows with `columns` columns, which are an integer, a text, a date and a number by
 * turns. Pages differ only in the id of their first row.
 */
async function serveWide() {
  const cells = [4711, 'Slab and framing', '2025-01-06T08:00:00.000-06:00', '1234.50'];
  const row = Object.fromEntries(
    Array.from({ length: columns - 1 }, (_, at) => [`column_${at}`, cells[at % 4]]),
  );
  const rest = JSON.stringify(Array.from({ length: 99 }, (_, at) => ({ id: at, ...row }))).slice(1);
  const server = createServer((request, response) => {
    const page =
      Number(new URL(request.url, 'http://localhost').searchParams.get('next_batch') ?? 0) + 1;
    const next = page < rows / 100 ? `"${page}"` : null;
    const first = JSON.stringify({ id: 1000 + page, ...row });
    response.setHeader('content-type', 'application/json');
    response.end(`{"jobs":[${first},${rest},"next_batch":${next},"refresh_token":"r"}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}
