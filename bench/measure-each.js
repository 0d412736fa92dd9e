// Preloaded into each Node process of a pipeline (`NODE_OPTIONS`). Writes the CPU time and the peak
// memory of the process to a file in the folder BENCH_USAGES.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(
    join(process.env.BENCH_USAGES, `${process.pid}.json`),
    JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS / 1024 }),
  );
});
