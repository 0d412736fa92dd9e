import { expect } from 'chai';
import { shippedSchema } from '#src/catalog/shipped.js';
import { compileShape, type Rejection } from '#src/shape/shape.js';
import { RESCUED, STREAMS } from '#src/streams.js';

interface Shaped {
  readonly rescued: unknown;
  readonly rejections: readonly Rejection[];
  readonly undeclared: readonly string[];
}

/** Shapes a row with all columns selected but those of a prefix. */
function shaped(name: string, row: unknown, without = '-'): Shaped {
  const stream = STREAMS.find((one) => one.name === name)!;
  const schema = shippedSchema(name);
  const columns = Object.keys(schema.properties).filter((column) => !column.startsWith(without));
  const undeclared: string[] = [];
  const rejections: Rejection[] = [];
  const shape = compileShape({
    stream,
    schema,
    selected: new Set(columns),
    undeclared: (field) => undeclared.push(field),
  });
  return { rescued: shape(row, rejections)?.[RESCUED], rejections, undeclared };
}

describe('_rescued_data', () => {
  it('is null if the catalog declares all fields of a row', () => {
    expect(shaped('cities', { id: 1, Name: 'Austin' }).rescued).to.equal(null);
  });

  it('has undeclared fields under their raw names, sorted, with all digits', () => {
    const row = {
      9: 1,
      'New Field': 2n ** 60n,
      id: 1,
      10: '',
      b: null,
      a: { z: 1, y: ['\uD800'] },
    };
    expect(shaped('cities', row).rescued).to.equal(
      '{"10":"","9":1,"New Field":1152921504606846976,"a":{"z":1,"y":["\\ud800"]},"b":null}',
    );
  });

  it('has those of a flattened object in an object of its name', () => {
    const row = {
      id: 1,
      Billing_Contact: { pager: '555', email: 'a@example.com' },
      billing_address: { city: 'Austin' },
      vip: true,
    };
    expect(shaped('customers', row).rescued).to.equal(
      '{"Billing_Contact":{"pager":"555"},"vip":true}',
    );
  });

  it('has the undeclared fields of an event and of its snapshot', () => {
    const row = {
      id: 1,
      job_id: 2,
      event: 'update',
      created_at: 'now',
      x: 1,
      job: { id: 2, y: 3 },
    };
    expect(shaped('job_events', row).rescued).to.equal('{"job":{"y":3},"x":1}');
  });

  it('has nothing of columns and objects that are not selected', () => {
    const row = { id: 1, notes: 'hush', billing_contact: { pager: '555', name: 'hush' } };
    expect(shaped('customers', row, 'billing_contact_').rescued).to.equal(null);
    expect(shaped('jobs', { id: 1, notes: 'hush' }, 'notes').rescued).to.equal(null);
  });

  it('has nothing of an object that only the key of an event is read from', () => {
    const status = { work_order_id: 2, secret: 'hush' };
    const row = { id: 1, event: 'update', created_at: 'now', status };
    expect(shaped('work_order_status_events', row, 'status_').rescued).to.equal(null);
  });

  it('is not filled by a field of its name', () => {
    const { rescued, undeclared } = shaped('cities', { id: 1, _rescued_data: 'text' });
    expect(rescued).to.equal('{"_rescued_data":"text"}');
    expect(undeclared).to.deep.equal(['_rescued_data']);
  });

  it('leaves its fields to the rejection of a row without a key', () => {
    const { rejections } = shaped('cities', { name: 'Austin', mayor: 'hush' });
    expect(rejections[0]?.value).to.equal('{"name":"Austin","mayor":"hush"}');
  });

  it('is text that any parser of JSON reads, however deep a value is', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    expect(shaped('cities', { id: 1, deep }).rescued).to.have.lengthOf(10_009);
  });
});
