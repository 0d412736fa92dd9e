import { expect } from 'chai';
import { ask, get, held, idAt, idsOf, simulated, walk } from './client.js';

describe('paths below a row', () => {
  const simulator = simulated({ rows: 20, rowsByStream: { work_orders: 90 }, pageSize: 3 });
  const job = idAt(simulator, 'jobs', 4);
  const ofJob = (): unknown[] =>
    held(simulator, 'work_orders')
      .filter((row) => Number(row['job_number']) === job)
      .map((row) => row['id']);

  it('give one job, or 404', async () => {
    expect((await get(simulator, `/jobs/${job}`)).body).to.deep.equal(held(simulator, 'jobs')[4]);
    expect((await get(simulator, '/jobs/1')).status).to.equal(404);
  });

  it('give the work orders of a job, paged', async () => {
    expect(ofJob()).to.have.length(5);
    const pages = await walk(simulator, `/jobs/${job}/work_orders`);
    expect(pages).to.have.length(2);
    expect(pages[0]?.body).to.have.property('work_orders');
    expect(idsOf(pages)).to.deep.equal(ofJob());
  });

  it('know of added and moved ones, and of none', async () => {
    const added = simulator.add('work_orders', { job_number: job });
    simulator.change('work_orders', Number(ofJob()[0]), { job_number: 5 });
    const ids = idsOf(await walk(simulator, `/jobs/${job}/work_orders`));
    expect(ids).to.deep.equal(ofJob());
    expect(ids).to.include(added);
    expect((await get(simulator, '/jobs/7/work_orders')).rows).to.deep.equal([]);
    const [first] = await walk(simulator, `/jobs/${job}/work_orders`);
    expect(
      idsOf(
        await walk(simulator, `/jobs/${job}/work_orders`, { refresh_token: first?.refresh_token }),
      ),
    ).to.deep.equal([]);
  });

  it('give the statuses of a work order', async () => {
    const id = idAt(simulator, 'work_orders', 7);
    const pages = await walk(simulator, `/work_orders/${id}/statuses`);
    expect(pages[0]?.body).to.have.property('statuses');
    expect(pages.flatMap(({ rows }) => rows.map((row) => row['work_order_id']))).to.deep.equal([
      id,
      id,
      id,
      id,
    ]);
    expect((await get(simulator, '/work_orders/7/statuses')).rows).to.deep.equal([]);
  });
});

describe('job_type_configuration', () => {
  it('is a bare array, or an object around it, without tokens', async () => {
    const array: unknown = await (await simulated().fetch(ask('/job_type_configuration'))).json();
    expect(array).to.be.an('array').of.length(4);
    const object = await get(
      simulated({ typeConfigurationForm: 'object' }),
      '/job_type_configuration',
    );
    expect(object.body).to.have.all.keys('job_type_configuration');
    expect(object.rows).to.deep.equal(array);
  });
});
