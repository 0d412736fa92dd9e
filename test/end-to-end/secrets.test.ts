import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FAULT_KINDS } from '#src/simulator/api/faults.js';
import { Place } from '../support/command.js';

/** All of them hold one word, so that one search finds any. */
const SECRETS = { token: 'hush-token', tokenName: 'hush-name', xsrfToken: 'hush-crumb' };

/** All that stands in the files of a folder, by name. */
function filesIn(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

describe('the secrets of a run', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  for (const format of ['text', 'json']) {
    it(`are in nothing that the command says or writes, over every fault, as ${format}`, async () => {
      const { simulator, url } = await place.simulator('config.json', {
        ...SECRETS,
        callsPerHour: Infinity,
      });
      place.file('config.json', {
        ...place.settings(url),
        api_token: SECRETS.token,
        api_token_name: SECRETS.tokenName,
        xsrf_token: SECRETS.xsrfToken,
        request_timeout_s: 1,
        max_retries: 0,
        log_level: 'debug',
        log_format: format,
        summary_file: place.path('summary.json'),
        metrics_file: place.path('tap.prom'),
      });
      for (const [index, kind] of FAULT_KINDS.entries()) {
        const stream = ['jobs', 'crews', 'cities', 'offices', 'types', 'contracts'][index % 6];
        simulator.fault({
          kind,
          ...(stream && { stream }),
          ...(kind === 'slow' && { ms: 1500 }),
          location: 'https://other.test/',
        });
      }
      simulator.fault({ kind: 'status', status: 401, stream: 'work_orders' });
      const { code, stdout, stderr } = await place.run(['-c', 'config.json']);
      expect(code).to.equal(3);
      expect(stderr).to.match(/DEBUG|"level":"debug"/);
      expect(stdout + stderr).not.to.match(/hush/i);
      for (const [name, text] of filesIn(place.folder)) {
        if (name !== 'config.json') expect(text, name).not.to.match(/hush/i);
      }
    });
  }
});
