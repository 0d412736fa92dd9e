// (c) a realistic tenant in simulated time: 60 pages over all streams, 150 ms for each response.
// The engine, its pace and its budget are the real ones; only the network is missing.
import { Writable } from 'node:stream';
import { Budget } from '../dist/api/budget.js';
import { Pace } from '../dist/api/pace.js';
import { defaultPlan } from '../dist/catalog/plan.js';
import { SETTINGS } from '../dist/config/settings.js';
import { Simulator } from '../dist/simulator/simulator.js';
import { sync } from '../dist/engine/sync.js';
import { Writer } from '../dist/singer/writer.js';
import { FakeClock } from '../dist-test/support/clock.js';
import { figure, goal, table } from './table.js';

const LATENCY = 150;
/** What the older connector sleeps after each page with a following one. */
const NAP = 3600;
const ROWS = {
  jobs: 1000,
  work_orders: 1000,
  schedules: 500,
  contracts: 500,
  invoices: 400,
  builder_orders: 300,
  customer_pricings: 300,
  floorplans: 200,
  job_events: 300,
  work_order_events: 300,
  work_order_status_events: 200,
  cities: 20,
  communities: 40,
  crews: 30,
  customers: 50,
  employees: 60,
};

/** The seconds and calls of a sync by the tap, limited to a number of calls a second. */
async function byTap(callsPerSecond) {
  const clock = new FakeClock();
  const began = clock.now();
  const { signal } = new AbortController();
  const simulator = new Simulator({ rowsByStream: ROWS, now: () => clock.now() });
  const budget = new Budget({
    callsPerHour: settingOf('calls_per_hour'),
    callsPerSecond,
    now: began,
  });
  const pace = new Pace({
    budget,
    shared: { take: () => true, reserve: async () => ({ ms: 0, why: '' }) },
    clock,
    random: Math.random,
    signal,
    deadline: Infinity,
    onWait() {},
  });
  const get = async (_stream, path, query) => {
    const permit = await pace.permit();
    await clock.sleep(LATENCY, signal);
    pace.answered(permit);
    const text = await ask(simulator, path, query);
    return { body: JSON.parse(text), size: text.length, arrivedAt: clock.now() };
  };
  const quiet = { debug() {}, info() {}, warn() {}, error() {}, metric() {} };
  const { ended } = await sync({
    plan: defaultPlan(),
    state: { bookmarks: {} },
    fullRefresh: [],
    eventStartTokens: {},
    maxRejectedShare: 1,
    concurrency: settingOf('concurrency'),
    validator: () => () => true,
    get,
    log: quiet,
    now: () => clock.now(),
    signal,
    writer: new Writer(new Writable({ write: (_chunk, _encoding, done) => done() })),
  });
  if (ended !== null) throw ended;
  return { seconds: (clock.now() - began) / 1000, calls: simulator.calls.length };
}

/** The older connector's loop: one stream after another, with a pause between two pages. */
async function byOlderLoop() {
  const simulator = new Simulator({ rowsByStream: ROWS });
  let ms = 0;
  for (const { stream } of defaultPlan().streams) {
    for (let query = {}; query !== null;) {
      const {
        next_batch,
        event_token,
        events = [],
      } = JSON.parse(await ask(simulator, stream.path, query));
      query = next_batch ? { next_batch } : events.length > 0 ? { event_token } : null;
      ms += LATENCY + (query === null ? 0 : NAP);
    }
  }
  return { seconds: ms / 1000, calls: simulator.calls.length };
}

/** The header of the simulator's own token. */
function header(name) {
  return name === 'authorization' ? 'Token token="simulated-token", name="simulator"' : null;
}

/** The text of an answer. */
async function ask(simulator, path, query) {
  const url = new URL(`https://bolt.test/open/v1${path}?${new URLSearchParams(query)}`);
  const { status, body } = await simulator.answer({
    method: 'GET',
    url,
    header,
    body: async () => '',
  });
  if (status !== 200) throw new Error(`${url.pathname}: ${status} ${body}`);
  return body;
}

function settingOf(name) {
  return Number(SETTINGS.find((setting) => setting.name === name).default);
}

export async function tenant() {
  const pace = settingOf('calls_per_second');
  const older = await byOlderLoop();
  const paced = await byTap(pace);
  const unpaced = await byTap(1000);
  const sooner = (one) => older.seconds / one.seconds;
  const row = (name, one) => [name, figure(one.calls), figure(one.seconds), figure(sooner(one))];
  return {
    title: 'A realistic tenant, in simulated time',
    text: `60 pages over 21 streams, ${LATENCY} ms an answer.

${table(
  ['', 'calls', 'seconds', 'times sooner'],
  [
    row("the older connector's loop", older),
    row(`tap, ${pace} calls a second (default)`, paced),
    row('tap, unpaced', unpaced),
  ],
)}

${goal(`10 times sooner at the default pace: ${figure(sooner(paced))} times`, sooner(paced) >= 10)}
${goal(`50 times sooner unpaced: ${figure(sooner(unpaced))} times`, sooner(unpaced) >= 50)}`,
  };
}
