/** Whether there is somebody to show a spinner to. */

/** What is asked of stdout and stderr. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Whether stderr is a terminal that a spinner can turn on, and stdout is none that it would disturb. */
export function canSpin(stderr: Stream, stdout: Stream, env: NodeJS.ProcessEnv): boolean {
  // A terminal without a width (some that scripts make) would keep ora clearing lines for ever.
  const isTerminal = stderr.isTTY === true && (stderr.columns ?? 0) > 0 && env['TERM'] !== 'dumb';
  return isTerminal && stdout.isTTY !== true && env['CI'] === undefined;
}
