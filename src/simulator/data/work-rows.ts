/** What is done: rows of work orders (schedules hold the same ones) and their statuses. */

import { STATUSES_PER_WORK_ORDER, type Row, type Site } from './tenant.js';
import type { Life } from './place-rows.js';
import { DAY, day, stamp } from './times.js';
import * as words from './words.js';

/** The index of the job that a work order is for; -1 where there are no jobs. */
export function jobOf(site: Site, workOrder: number): number {
  return site.along('work_orders', 'jobs', workOrder);
}

/** Money from 0 to `most`, in whole cents. */
function upTo(most: number, thrown: number): number {
  return (thrown % (most * 100)) / 100;
}

export function workOrder(site: Site, index: number, life: Life): Row {
  const dice = site.dice('work_orders', index);
  const type = site.link('work_orders', 'work_order_types', index);
  const crew = site.link('work_orders', 'crews', index);
  const stage = dice.below(words.STAGES.length);
  const start = life.created + (3 + dice.below(30)) * DAY;
  const done = stage >= 4;
  const owner = dice.once(2) ? null : site.name('employees', dice.below(132));
  const warranty = dice.once(8) ? site.link('work_orders', 'types', index) : -1;
  const moved = dice.once(5);
  return {
    id: life.id,
    work_order_type: site.name('work_order_types', type),
    work_order_type_id: site.linkId('work_order_types', type),
    job_number: site.linkId('jobs', jobOf(site, index)),
    supervisor_id: site.linkId('employees', site.link('work_orders', 'employees', index)),
    reschedule_date: moved ? day(start + 2 * DAY) : null,
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    stage: words.STAGES[stage],
    crew_notes: dice.once(3) ? dice.pick(words.NOTES) : null,
    home_owner: owner,
    home_owner_email: owner === null ? null : `owner${index}@example.com`,
    home_owner_phone: owner === null ? null : `512-555-0${dice.digits(3)}`,
    completed_date: done ? day(start + 3 * DAY) : null,
    estimated_completion_date: day(start + 3 * DAY),
    percentage_of_completion: done ? 100 : stage * 15,
    crews: crew < 0 ? [] : [site.name('crews', crew)],
    crew_ids: crew < 0 ? [] : [site.id('crews', crew)],
    floorplan_options_charges: dice.once(3)
      ? [{ option: 'Upgrade B', price: upTo(900, dice.below(90_000)), labor: 120.5 }]
      : [],
    job_extras_charges: dice.once(4)
      ? [{ description: dice.pick(words.ITEMS), price: upTo(300, dice.below(30_000)) }]
      : [],
    labor_total: upTo(4_000, dice.below(400_000)),
    price_total: upTo(20_000, dice.below(2_000_000)),
    floorplan_contract_charge: upTo(9_000, dice.below(900_000)),
    floorplan_labor_charge: upTo(2_000, dice.below(200_000)),
    crew_pay_extra_added_pay: dice.once(3) ? upTo(150, dice.below(15_000)) : 0,
    appointment_start_time: stamp(Math.floor(start / DAY) * DAY + 14 * 3_600_000),
    appointment_end_time: stamp(Math.floor(start / DAY) * DAY + 22 * 3_600_000),
    schedule_change_comment: moved ? dice.pick(words.NOTES) : null,
    schedule_change_reason: moved ? dice.pick(words.REASONS) : null,
    warranty_issue_id: site.linkId('types', warranty),
    warranty_issue: warranty < 0 ? null : dice.pick(words.WARRANTY_ISSUES),
    department_type: dice.once(5) ? null : dice.pick(['Residential', 'Commercial', 'Service']),
    etag: life.etag,
  };
}

/** A checkbox of a work order, in the form that status events carry as well. */
export function status(site: Site, index: number, life: Life): Row {
  const workOrder = Math.floor(index / STATUSES_PER_WORK_ORDER);
  const place = index % STATUSES_PER_WORK_ORDER;
  return {
    id: life.id,
    status: site.dice('work_order_statuses', index).once(2),
    updated_at: stamp(life.updated),
    description: words.STATUS_STEPS[place],
    work_order_id: site.linkId('work_orders', workOrder),
    work_order_status_type_id: 701 + place,
  };
}
