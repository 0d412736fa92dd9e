/** Decides whether a spinner can be shown. */

/** The properties of stdout and stderr that matter here. */
interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Whether stderr is a terminal for people, and stdout is not a terminal with lines to disturb. */
export function canSpin(stderr: Stream, stdout: Stream, env: NodeJS.ProcessEnv): boolean {
  // On a terminal without a width (some that scripts create), ora would clear lines forever.
  const isTerminal = stderr.isTTY === true && (stderr.columns ?? 0) > 0 && env['TERM'] !== 'dumb';
  return isTerminal && stdout.isTTY !== true && env['CI'] === undefined;
}
