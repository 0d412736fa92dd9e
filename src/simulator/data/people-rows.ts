/** Whom the contractor works for and with: rows of customers, employees and crews. */

import type { Dice } from './random.js';
import type { Row, Site } from './tenant.js';
import type { Life } from './place-rows.js';
import { DAY, day, stamp } from './times.js';
import * as words from './words.js';

export function customer(site: Site, index: number, life: Life): Row {
  const dice = site.dice('customers', index);
  return {
    id: life.id,
    name: site.name('customers', index),
    status: dice.pick(['Active', 'Active', 'Active', 'On Hold', 'Inactive']),
    phone: phone(dice),
    email: `purchasing${index}@example.com`,
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    po_required: dice.once(2),
    work_order_notes: dice.once(3) ? null : dice.pick(words.NOTES),
    email_confirmation_to_supervisor: dice.once(2),
    opt_out_email_confirmation: dice.once(9),
    opt_out_auto_confirmation: dice.once(9),
    supervisor: site.name('employees', site.link('customers', 'employees', index)),
    corporate_address: address(dice),
    corporate_contact: contact(site, dice, index),
    billing_address: dice.once(6) ? null : address(dice),
    billing_contact: dice.once(6) ? null : contact(site, dice, index),
    external_id: index % 5 === 4 ? null : `C-${4_000 + index}`,
    etag: life.etag,
  };
}

function address(dice: Dice): Row {
  return {
    address1: `${10 + dice.below(9_900)} ${dice.pick(words.STREETS)} ${dice.pick(words.STREET_KINDS)}`,
    address2: dice.once(3) ? `Suite ${100 + dice.below(800)}` : null,
    city: dice.pick(words.TOWNS),
    state: 'TX',
    zip: `78${dice.digits(3)}`,
  };
}

function contact(site: Site, dice: Dice, index: number): Row {
  return {
    fullname: site.name('employees', dice.below(132)),
    email: `contact${index}@example.com`,
    phone: phone(dice),
    cellphone: dice.once(3) ? null : phone(dice),
    fax: dice.once(3) ? phone(dice) : null,
  };
}

function phone(dice: Dice): string {
  return `512-555-0${dice.digits(3)}`;
}

export function employee(site: Site, index: number, life: Life): Row {
  const dice = site.dice('employees', index);
  const office = site.link('employees', 'offices', index);
  return {
    id: life.id,
    username: `user${index + 1}`,
    fullname: site.name('employees', index),
    email: `user${index + 1}@example.com`,
    personal_email: dice.once(2) ? null : `home${index + 1}@example.net`,
    phone: phone(dice),
    cellphone: dice.once(4) ? null : phone(dice),
    crew: site.name('crews', dice.once(3) ? -1 : site.link('employees', 'crews', index)),
    fax: dice.once(8) ? phone(dice) : null,
    active: !dice.once(6),
    holiday_pay: dice.once(2),
    weekly_hours: dice.pick([40, 40, 32, 50]),
    user_class: dice.pick(['Field', 'Office', 'Admin']),
    user_type_id: site.linkId('types', site.link('employees', 'types', index)),
    birth_date: dice.once(5) ? null : day(Date.UTC(1960, 0, 1) + dice.below(14_000) * DAY),
    rate: (15 + dice.below(4_000) / 100).toFixed(2),
    piece_pay: dice.once(2),
    title: dice.pick(words.TITLES),
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    elligible_for_rehire: !dice.once(9),
    hire_date: day(life.created - dice.below(2_000) * DAY),
    office_ids: office < 0 ? [] : [site.id('offices', office)],
    payroll_id: dice.once(4) ? null : `P${dice.digits(5)}`,
    auto_lunch: dice.once(2) ? null : { minutes: 30, after_hours: 5 },
    department_type_id: site.linkId('types', site.link('departments', 'types', index)),
    offices: office < 0 ? [] : [site.name('offices', office)],
    reports_to: index === 0 ? null : site.name('employees', Math.floor(index / 6)),
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    address: dice.once(9) ? null : address(dice),
    etag: life.etag,
    timezone: 'Central Time (US & Canada)',
  };
}

/** The index of one who is in a crew, of three at most; -1 where nobody is employed. */
function member(site: Site, crew: number, place: number): number {
  const employees = site.size('employees');
  return employees === 0 ? -1 : (crew * 3 + place) % employees;
}

export function crew(site: Site, index: number, life: Life): Row {
  const dice = site.dice('crews', index);
  const leader = member(site, index, 0);
  const members = leader < 0 ? [] : [...new Set([leader, member(site, index, 1), member(site, index, 2)])];
  const office = site.link('crews', 'offices', index);
  const type = site.link('crews', 'types', index);
  return {
    id: life.id,
    name: site.name('crews', index),
    active: !dice.once(7),
    phone: phone(dice),
    calendar_color: `#${dice.pick(['1f77b4', 'ff7f0e', '2ca02c', 'd62728'])}`,
    truck_number: dice.once(4) ? null : `T-${dice.digits(2)}`,
    update_member_ids: members.map((one) => site.id('employees', one)),
    members: members.map((one) => ({ id: site.id('employees', one), name: site.name('employees', one) })),
    member_pays: members.map((one) => ({ id: site.id('employees', one), percent: 100 / members.length })),
    leader_id: site.linkId('employees', leader),
    leader: site.name('employees', leader),
    office_ids: office < 0 ? [] : [site.id('offices', office)],
    offices: office < 0 ? [] : [site.name('offices', office)],
    crew_type_ids: type < 0 ? [] : [site.id('types', type)],
    crew_types: type < 0 ? [] : [dice.pick(words.TRADES)],
    etag: life.etag,
  };
}
