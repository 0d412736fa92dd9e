/** A file for each run: the name of a report in a folder. */
import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The file that a run writes. If `path` is a folder, it is a new file in it, named after the start
 * and the process, such as `20261124T061203Z-4711.json`: names sort by time.
 *
 * @param startedAt ms since 1970
 * @param pid the id of the process that runs
 */
export function fileOfRun(path: string, startedAt: number, pid = process.pid): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const time = new Date(startedAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return join(path, `${time}-${pid}.json`);
}
