/** Row makers for work: work orders and their statuses. Schedules contain the same work orders. */

import type { Row, RowMeta } from './row.js';
import { STATUSES_PER_WORK_ORDER } from './sizes.js';
import type { Tenant } from './tenant.js';
import { DAY, formatDate, formatTimestamp } from './times.js';
import * as words from './words.js';

/** Returns the index of the job of a work order; -1 without jobs. */
export function jobOfWorkOrder(tenant: Tenant, workOrder: number): number {
  return tenant.linkInOrder('work_orders', 'jobs', workOrder);
}

/** Converts a random number to an amount from 0 to `most`, in whole cents. */
function toMoney(most: number, number: number): number {
  return (number % (most * 100)) / 100;
}

export function makeWorkOrder(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('work_orders', index);
  const type = tenant.link('work_orders', 'work_order_types', index);
  const crew = tenant.link('work_orders', 'crews', index);
  const stage = random.below(words.STAGES.length);
  const start = meta.created + (3 + random.below(30)) * DAY;
  const done = stage >= 4;
  const owner = random.oneIn(2) ? null : tenant.name('employees', random.below(132));
  const warranty = random.oneIn(8) ? tenant.link('work_orders', 'types', index) : -1;
  const moved = random.oneIn(5);
  return {
    id: meta.id,
    work_order_type: tenant.name('work_order_types', type),
    work_order_type_id: tenant.linkId('work_order_types', type),
    job_number: tenant.linkId('jobs', jobOfWorkOrder(tenant, index)),
    supervisor_id: tenant.linkId('employees', tenant.link('work_orders', 'employees', index)),
    reschedule_date: moved ? formatDate(start + 2 * DAY) : null,
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    stage: words.STAGES[stage],
    crew_notes: random.oneIn(3) ? random.pick(words.NOTES) : null,
    home_owner: owner,
    home_owner_email: owner === null ? null : `owner${index}@example.com`,
    home_owner_phone: owner === null ? null : `512-555-0${random.digits(3)}`,
    completed_date: done ? formatDate(start + 3 * DAY) : null,
    estimated_completion_date: formatDate(start + 3 * DAY),
    percentage_of_completion: done ? 100 : stage * 15,
    crews: crew < 0 ? [] : [tenant.name('crews', crew)],
    crew_ids: crew < 0 ? [] : [tenant.id('crews', crew)],
    floorplan_options_charges: random.oneIn(3)
      ? [{ option: 'Upgrade B', price: toMoney(900, random.below(90_000)), labor: 120.5 }]
      : [],
    job_extras_charges: random.oneIn(4)
      ? [{ description: random.pick(words.ITEMS), price: toMoney(300, random.below(30_000)) }]
      : [],
    labor_total: toMoney(4_000, random.below(400_000)),
    price_total: toMoney(20_000, random.below(2_000_000)),
    floorplan_contract_charge: toMoney(9_000, random.below(900_000)),
    floorplan_labor_charge: toMoney(2_000, random.below(200_000)),
    crew_pay_extra_added_pay: random.oneIn(3) ? toMoney(150, random.below(15_000)) : 0,
    appointment_start_time: formatTimestamp(Math.floor(start / DAY) * DAY + 14 * 3_600_000),
    appointment_end_time: formatTimestamp(Math.floor(start / DAY) * DAY + 22 * 3_600_000),
    schedule_change_comment: moved ? random.pick(words.NOTES) : null,
    schedule_change_reason: moved ? random.pick(words.REASONS) : null,
    warranty_issue_id: tenant.linkId('types', warranty),
    warranty_issue: warranty < 0 ? null : random.pick(words.WARRANTY_ISSUES),
    department_type: random.oneIn(5) ? null : random.pick(['Residential', 'Commercial', 'Service']),
    etag: meta.etag,
  };
}

/** Makes a status of a work order: a checkbox. Status events contain it in the same form. */
export function makeStatus(tenant: Tenant, index: number, meta: RowMeta): Row {
  const workOrder = Math.floor(index / STATUSES_PER_WORK_ORDER);
  const place = index % STATUSES_PER_WORK_ORDER;
  return {
    id: meta.id,
    status: tenant.random('work_order_statuses', index).oneIn(2),
    updated_at: formatTimestamp(meta.updated),
    description: words.STATUS_STEPS[place],
    work_order_id: tenant.linkId('work_orders', workOrder),
    work_order_status_type_id: 701 + place,
  };
}
