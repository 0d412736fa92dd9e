/** Row makers for configuration: job types, work order types, takeoff types and other types. */

import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { formatTimestamp } from './times.js';
import * as words from './words.js';

export function makeJobTypeConfiguration(tenant: Tenant, index: number, meta: RowMeta): Row {
  const office = tenant.link('job_type_configuration', 'offices', index);
  return {
    job_type_id: meta.id,
    description: tenant.name('job_type_configuration', index),
    offices:
      office < 0
        ? []
        : [{ id: tenant.id('offices', office), name: tenant.name('offices', office) }],
  };
}

export function makeType(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('types', index);
  const category = random.pick([
    'Department Type',
    'Crew Type',
    'User Type',
    'Warranty Issue',
    'Contract Type',
    'Schedule Change Reason',
  ]);
  return {
    id: meta.id,
    description: `${category} ${index + 1}`,
    web_display: !random.oneIn(5),
    display_order: index + 1,
    category,
    device_display: random.oneIn(2),
    work_order_type_id: random.oneIn(3)
      ? null
      : tenant.linkId('work_order_types', tenant.link('types', 'work_order_types', index)),
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    etag: meta.etag,
  };
}

export function makeWorkOrderType(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('work_order_types', index);
  const office = tenant.link('work_order_types', 'offices', index);
  const billing = tenant.link('work_order_types', 'types', index);
  return {
    id: meta.id,
    name: tenant.name('work_order_types', index),
    active: !random.oneIn(8),
    display_order: index + 1,
    device_display: random.oneIn(2),
    forecast_order: random.oneIn(4) ? null : index * 10,
    completed_email: random.oneIn(2) ? null : 'done@example.com',
    office_ids: office < 0 ? [] : [tenant.id('offices', office)],
    billing_contract_type_ids: billing < 0 ? [] : [tenant.id('types', billing)],
    offices: office < 0 ? [] : [tenant.name('offices', office)],
    billing_contract_types:
      billing < 0
        ? []
        : [{ id: tenant.id('types', billing), description: `Contract Type ${billing + 1}` }],
    secondary_service: random.pick(['No', 'Yes']),
    recurring_workorder: random.pick(['No', 'Weekly', 'Monthly']),
    standard_billing: random.pick(['Yes', 'No']),
    work_type_id: tenant.linkId('types', tenant.link('work types', 'types', index)),
    work_type: random.pick(['Install', 'Service', 'Measure']),
    department_type_id: tenant.linkId('types', tenant.link('departments', 'types', index)),
    department_type: random.pick(['Residential', 'Commercial', 'Service']),
    printing_options: random.oneIn(3) ? null : 'with prices',
    auto_send_confirmation_email: random.pick(['No', 'Yes']),
    custom_field1: random.oneIn(2) ? null : 'Color / style',
    auto_confirm: random.pick(['No', 'Yes']),
    etag: meta.etag,
  };
}

export function makeTakeoffType(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('takeoff_types', index);
  const type = tenant.link('takeoff_types', 'work_order_types', index);
  return {
    id: meta.id,
    work_order_type: tenant.name('work_order_types', type),
    work_order_type_id: tenant.linkId('work_order_types', type),
    description: `${random.pick(words.TRADES)} takeoff ${index + 1}`,
    allow_notes: random.oneIn(2),
    device_display: random.oneIn(2),
    transpose: random.oneIn(5),
    print_landscape: random.oneIn(3),
    print_differential_upon_submit: random.oneIn(4),
    display_order: index + 1,
    active: !random.oneIn(6),
    takeoff_columns: [
      { name: 'Room', kind: 'text' },
      { name: 'Sq ft', kind: 'number', required: true },
    ],
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    etag: meta.etag,
  };
}
