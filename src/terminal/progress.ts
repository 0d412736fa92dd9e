/** A spinner on the terminal while a run goes on, which steps aside for log lines. */
// Before ora: what listens to signals by now stays.
import { dropForeignListeners } from '../system/signals.js';
import ora from 'ora';

/** How far a stream is. */
interface StreamProgress {
  readonly stream: string;
  readonly rows: number;
  readonly pages: number;
}

export interface Progress {
  /** Shows how far a stream is, and how many calls the budget has left. */
  show(progress: StreamProgress, room: number): void;
  /** Writes a log line above the spinner. */
  write(line: string): void;
  stop(): void;
}

/** Starts a spinner on this terminal. */
export function startProgress(stream: NodeJS.WriteStream): Progress {
  // Whether this terminal is for people is the caller's to say. Input is left alone: the tap is one of several commands in a pipe.
  const spinner = ora({
    text: 'asking the API',
    stream,
    discardStdin: false,
    isEnabled: true,
  }).start();
  // Hiding the cursor installs listeners for all signals; `stop` shows it again.
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
      // It shows the cursor again.
      spinner.stop();
    },
  };
}
