/** What the office has set up: rows of types of several kinds. */

import type { Row, Site } from './tenant.js';
import type { Life } from './place-rows.js';
import { stamp } from './times.js';
import * as words from './words.js';

export function jobTypeConfiguration(site: Site, index: number, life: Life): Row {
  const office = site.link('job_type_configuration', 'offices', index);
  return {
    job_type_id: life.id,
    description: site.name('job_type_configuration', index),
    offices: office < 0 ? [] : [{ id: site.id('offices', office), name: site.name('offices', office) }],
  };
}

export function type(site: Site, index: number, life: Life): Row {
  const dice = site.dice('types', index);
  const category = dice.pick([
    'Department Type',
    'Crew Type',
    'User Type',
    'Warranty Issue',
    'Contract Type',
    'Schedule Change Reason',
  ]);
  return {
    id: life.id,
    description: `${category} ${index + 1}`,
    web_display: !dice.once(5),
    display_order: index + 1,
    category,
    device_display: dice.once(2),
    work_order_type_id: dice.once(3)
      ? null
      : site.linkId('work_order_types', site.link('types', 'work_order_types', index)),
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    etag: life.etag,
  };
}

export function workOrderType(site: Site, index: number, life: Life): Row {
  const dice = site.dice('work_order_types', index);
  const office = site.link('work_order_types', 'offices', index);
  const billing = site.link('work_order_types', 'types', index);
  return {
    id: life.id,
    name: site.name('work_order_types', index),
    active: !dice.once(8),
    display_order: index + 1,
    device_display: dice.once(2),
    forecast_order: dice.once(4) ? null : index * 10,
    completed_email: dice.once(2) ? null : 'done@example.com',
    office_ids: office < 0 ? [] : [site.id('offices', office)],
    billing_contract_type_ids: billing < 0 ? [] : [site.id('types', billing)],
    offices: office < 0 ? [] : [site.name('offices', office)],
    billing_contract_types:
      billing < 0 ? [] : [{ id: site.id('types', billing), description: `Contract Type ${billing + 1}` }],
    secondary_service: dice.pick(['No', 'Yes']),
    recurring_workorder: dice.pick(['No', 'Weekly', 'Monthly']),
    standard_billing: dice.pick(['Yes', 'No']),
    work_type_id: site.linkId('types', site.link('work types', 'types', index)),
    work_type: dice.pick(['Install', 'Service', 'Measure']),
    department_type_id: site.linkId('types', site.link('departments', 'types', index)),
    department_type: dice.pick(['Residential', 'Commercial', 'Service']),
    printing_options: dice.once(3) ? null : 'with prices',
    auto_send_confirmation_email: dice.pick(['No', 'Yes']),
    custom_field1: dice.once(2) ? null : 'Color / style',
    auto_confirm: dice.pick(['No', 'Yes']),
    etag: life.etag,
  };
}

export function takeoffType(site: Site, index: number, life: Life): Row {
  const dice = site.dice('takeoff_types', index);
  const type = site.link('takeoff_types', 'work_order_types', index);
  return {
    id: life.id,
    work_order_type: site.name('work_order_types', type),
    work_order_type_id: site.linkId('work_order_types', type),
    description: `${dice.pick(words.TRADES)} takeoff ${index + 1}`,
    allow_notes: dice.once(2),
    device_display: dice.once(2),
    transpose: dice.once(5),
    print_landscape: dice.once(3),
    print_differential_upon_submit: dice.once(4),
    display_order: index + 1,
    active: !dice.once(6),
    takeoff_columns: [
      { name: 'Room', kind: 'text' },
      { name: 'Sq ft', kind: 'number', required: true },
    ],
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    etag: life.etag,
  };
}
