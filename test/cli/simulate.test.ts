import { expect } from 'chai';
import { ended, Place } from '../support/command.js';

describe('bolt-eci-tap simulate', () => {
  let place: Place;
  before(() => {
    place = new Place();
  });
  after(() => place.close());

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`prints its address, answers, and ends well on ${signal}`, async () => {
      const child = place.start([
        'simulate',
        '--port',
        '0',
        '--rows',
        '7',
        '--seed',
        '3',
        '--malformed',
        '0.5',
      ]);
      const ending = ended(child);
      const url = await new Promise<string>((resolve) =>
        child.stdout!.once('data', (line) => resolve(line.trim())),
      );
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      const rows = await (await fetch(`${url}/_simulator/rows/jobs`)).text();
      expect(rows.trim().split('\n')).to.have.length(7);
      const refused = await fetch(`${url}/open/v1/jobs`);
      expect(refused.status).to.equal(401);
      child.kill(signal);
      const { code, stdout, stderr } = await ending;
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: `${url}\n` });
      expect(stderr).to.include(`{"base_url":"${url}","api_token":"simulated-token"`);
    });
  }

  it('says that its port is taken', async () => {
    const { url } = await place.simulator('c.json');
    const { port } = new URL(url);
    const { code, stdout, stderr } = await place.run(['simulate', '--port', port]);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    expect(stderr).to.match(
      new RegExp(`^ERROR the simulator cannot listen on port ${port}; .*EADDRINUSE.*\\n$`),
    );
  });
});
