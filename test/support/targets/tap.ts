/**
 * A tap for tests: `node tap.js MODE`. It writes a state after every three rows, and ends in the
 * way that MODE names.
 */
const [mode = 'whole'] = process.argv.slice(2);

function write(from: number, to: number): void {
  for (let id = from; id <= to; id += 1)
    process.stdout.write(`${JSON.stringify({ type: 'RECORD', stream: 'jobs', record: { id } })}\n`);
  process.stdout.write(
    `${JSON.stringify({ type: 'STATE', value: { bookmarks: { jobs: { at: to } } } })}\n`,
  );
}

const MODES: Record<string, () => void> = {
  whole: () => write(1, 3),
  /** As the real tap: the state that came in, then pages. */
  pages: () => {
    write(1, 0);
    write(1, 3);
    write(4, 6);
    write(7, 6);
  },
  /** Fails without the settings of its environment. */
  settings: () => {
    write(1, 3);
    if (process.env['TAP_BOLT_ECI_API_TOKEN'] === undefined) process.exitCode = 1;
  },
  /** Waits for an hour, and does not notice that its parent is gone. */
  deserted: () => {
    setTimeout(() => undefined, 3_600_000);
    process.once('disconnect', () => undefined);
  },
  failing: () => {
    write(1, 3);
    process.exitCode = 1;
  },
  /** Killed in the middle of a line. */
  cut: () => {
    write(1, 3);
    process.stdout.write('{"type":"RECORD","stream":"jobs","rec', () =>
      process.kill(process.pid, 'SIGKILL'),
    );
  },
  /** Writes on until it is told to stop, and bookmarks what it wrote then. */
  endless: () => {
    let id = 0;
    const timer = setInterval(() => write((id += 1), id), 5);
    process.once('SIGTERM', () => {
      clearInterval(timer);
      write((id += 1), id);
      process.stdout.write('', () => process.exit(143));
    });
  },
  /** Waits for an hour, as for the call budget. */
  waiting: () => {
    write(1, 3);
    setTimeout(() => undefined, 3_600_000);
    process.once('SIGTERM', () => process.exit(143));
    process.once('disconnect', () => process.exit(9));
  },
  /** Hears no signal. */
  stubborn: () => {
    write(1, 3);
    setTimeout(() => undefined, 3_600_000);
    process.on('SIGTERM', () => undefined);
    process.once('disconnect', () => process.exit(9));
  },
  /** Much at once. */
  large: () => {
    for (let page = 0; page < 50; page += 1) write(page * 100 + 1, page * 100 + 100);
  },
};

process.stdout.on('error', () => process.exit(4));
MODES[mode]?.();
