// (g) an incremental run that finds no change: what a schedule costs most of the time.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STREAMS } from '../dist/streams.js';
import { callsSoFar, run } from './calls.js';
import { alsoNewest, folder, measured, sideBySide, tap, withServer } from './process.js';
import { pythonOf, sdkCommand } from './python.js';
import { figure, goal, table } from './table.js';

const SDK = 'singer-sdk';
const MOST = 0.5;

/** The first query of each stream, by name, from the tap's bookmarks. */
function paramsOf(state) {
  const { bookmarks } = JSON.parse(state).value;
  return Object.fromEntries(
    Object.entries(bookmarks).map(([name, { refresh_token, event_token }]) => [
      name,
      refresh_token ? { refresh_token } : event_token ? { event_token } : {},
    ]),
  );
}

export async function idle({ runs, newest }) {
  const hasSdk = existsSync(pythonOf(SDK));
  return withServer({ simulator: { rows: 60, callsPerHour: 1e9 } }, async (url) => {
    // The second run ends where the first one did, and leaves the tokens that belong there.
    const { state } = await run(url, (await run(url)).state);
    const stateFile = join(folder, 'idle.json');
    writeFileSync(stateFile, state);
    const commands = {
      ...alsoNewest({ tap: tap(url, '--state', stateFile) }, newest),
      ...(hasSdk ? { [SDK]: sdkCommand(url, STREAMS, paramsOf(state)) } : {}),
    };
    const calls = {};
    for (const [name, command] of Object.entries(commands)) {
      const before = await callsSoFar(url);
      await measured(command);
      calls[name] = (await callsSoFar(url)) - before;
    }
    const figures = await sideBySide(commands, runs);
    const ratio = hasSdk ? figures.tap.cpu / figures[SDK].cpu : null;
    return {
      title: 'An idle run',
      ratios: ratio === null ? {} : { [`CPU of an idle run, times ${SDK}`]: ratio },
      text: `All streams, from their bookmarks, and nothing has changed. Medians of ${runs} runs, in turn.

${table(
  ['', 'calls', 'seconds', 'CPU s', 'peak MB'],
  Object.entries(figures).map(([name, { seconds, cpu, mb }]) =>
    [name].concat([calls[name], seconds, cpu, mb].map(figure)),
  ),
)}

${
  ratio === null
    ? `${SDK} is left out: no \`bench/.venvs/${SDK}\` (see bench/README.md).`
    : goal(`at most ${MOST} times ${SDK}'s CPU time: ${figure(ratio)} times`, ratio <= MOST)
}`,
    };
  });
}
