/** `bolt-eci-tap simulate`: serves the simulator, and prints how to use it. */
import { ConfigError } from '../errors.js';
import { listenToSignals } from '../system/signals.js';
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
 * Serves until a signal comes. Prints the address to stdout, and how to use it to stderr.
 *
 * @throws ConfigError if the port is in use
 */
export async function simulate({ port, latency, ...options }: SimulateFlags): Promise<void> {
  const server = await serve(new Simulator(options), { port, latencyMs: latency }).catch(
    (error: unknown) => {
      throw new ConfigError(
        'USAGE_WRONG',
        `the simulator cannot listen on port ${port}; --port 0 selects a free one`,
        error,
      );
    },
  );
  const { url } = server;
  const settings = {
    base_url: url,
    api_token: 'simulated-token',
    api_token_name: 'simulator',
  };
  process.stdout.write(`${url}\n`);
  process.stderr.write(
    [
      `A Bolt API with made-up data is at ${url}; stop it with Ctrl-C.`,
      `  settings to sync from it:   ${JSON.stringify(settings)}`,
      `  some changes at the source: curl -X POST ${url}/_simulator/evolve -d '{"changes": 20}'`,
      '',
    ].join('\n'),
  );
  await new Promise<void>((resolve) => {
    listenToSignals(() => resolve());
  });
  await server.close();
}
