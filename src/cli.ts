/** Runs the command with its arguments, and gives the exit code. */
export async function main(_args: readonly string[]): Promise<number> {
  return Promise.resolve(2);
}
