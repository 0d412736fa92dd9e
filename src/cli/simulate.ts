/** `bolt-eci-tap simulate`: the simulator on a port, with a line on how to use it. */
import { once } from 'node:events';
import { ConfigError } from '../errors.js';
import { Simulator } from '../simulator/simulator.js';
import { serve } from '../simulator/serve.js';

/** The flags of the subcommand. */
export interface SimulateFlags {
  readonly port: number;
  readonly rows: number;
  readonly latency: number;
  readonly seed: number;
  readonly callsPerHour: number;
  readonly malformed: number;
}

/**
 * Serves until a signal comes. What can be done with it goes to stderr, the address alone to stdout.
 *
 * @throws ConfigError where the port is taken
 */
export async function simulate({ port, latency, ...options }: SimulateFlags): Promise<void> {
  const server = await serve(new Simulator(options), { port, latencyMs: latency }).catch(
    (error: unknown) => {
      throw new ConfigError(
        'USAGE_WRONG',
        `the simulator cannot listen on port ${port}; --port 0 takes a free one`,
        { cause: error },
      );
    },
  );
  const { url } = server;
  process.stdout.write(`${url}\n`);
  process.stderr.write(
    [
      `A Bolt API with made-up data is at ${url}; stop it with Ctrl-C.`,
      `  settings to sync from it:   {"base_url": "${url}", "api_token": "simulated-token", "api_token_name": "simulator"}`,
      `  some changes at the source: curl -X POST ${url}/_simulator/evolve -d '{"changes": 20}'`,
      '',
    ].join('\n'),
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
}
