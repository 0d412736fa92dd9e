// The least that a tap could do with the same pages: fetch them with the tap's client, parse them,
// stringify each row, and write each page in one call. No types, no selection, no bookmarks, no
// pace, no log.
//
//   node bench/bare.js URL jobs,work_orders
import { request } from '../dist/api/request.js';

const [url, streams] = process.argv.slice(2);
const options = {
  token: 'simulated-token',
  tokenName: 'simulator',
  userAgent: 'bench',
  maxResponseMb: 64,
  signal: new AbortController().signal,
};

for (const stream of streams.split(',')) {
  let query = '';
  do {
    const { text } = await request(
      new URL(`${url}/open/v1/${stream}${query}`),
      'quoted',
      60,
      options,
    );
    const body = JSON.parse(text);
    let lines = '';
    for (const record of body[stream])
      lines += `${JSON.stringify({ type: 'RECORD', stream, record })}\n`;
    if (!process.stdout.write(lines))
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    query = body.next_batch ? `?${new URLSearchParams({ next_batch: body.next_batch })}` : '';
  } while (query !== '');
}
