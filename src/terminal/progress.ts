/** The spinner that shows the progress of a run. Log lines are written above it. */
// This import has to precede ora: it records the signal listeners that are to be kept.
import { dropForeignListeners } from '../system/signals.js';
import ora from 'ora';

interface StreamProgress {
  readonly stream: string;
  readonly rows: number;
  readonly pages: number;
}

export interface Progress {
  /**
   * Shows the progress of a stream.
   *
   * @param room calls that the budget allows now
   */
  show(progress: StreamProgress, room: number): void;
  /** Writes a log line above the spinner. */
  write(line: string): void;
  stop(): void;
}

/** Starts a spinner. Check with `canSpin` that the stream is a terminal for people. */
export function startProgress(stream: NodeJS.WriteStream): Progress {
  // ora must not touch stdin, which other commands of a pipeline may read.
  const spinner = ora({
    text: 'waiting for the API',
    stream,
    discardStdin: false,
    isEnabled: true,
  }).start();
  // ora hides the cursor, and installs signal listeners to restore it. `stop` restores it anyway.
  dropForeignListeners();
  return {
    show({ stream: name, rows, pages }, room) {
      spinner.text = `${name}: ${rows} rows, ${pages} pages; ${room} calls left this hour`;
    },
    write(line) {
      spinner.clear();
      stream.write(line);
      spinner.render();
    },
    stop() {
      spinner.stop();
    },
  };
}
