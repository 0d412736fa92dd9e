/** The spinner of a command. */
import type { Config } from '../config/config.js';
import { canSpin } from '../terminal/interactive.js';
import type { Progress } from '../terminal/progress.js';

/** A spinner, if somebody can see it. */
export async function openProgress(
  { progress }: { readonly progress: boolean },
  { logFormat }: Config,
): Promise<Progress | null> {
  const isWanted = progress && logFormat !== 'json';
  if (!isWanted || !canSpin(process.stderr, process.stdout, process.env)) return null;
  const { startProgress } = await import('../terminal/progress.js');
  return startProgress(process.stderr);
}
