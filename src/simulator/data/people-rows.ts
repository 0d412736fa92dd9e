/** Row makers for people: customers, employees, crews. */

import type { Random } from './random.js';
import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { DAY, formatDate, formatTimestamp } from './times.js';
import * as words from './words.js';

export function makeCustomer(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('customers', index);
  return {
    id: meta.id,
    name: tenant.name('customers', index),
    status: random.pick(['Active', 'Active', 'Active', 'On Hold', 'Inactive']),
    phone: makePhone(random),
    email: `purchasing${index}@example.com`,
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    po_required: random.oneIn(2),
    work_order_notes: random.oneIn(3) ? null : random.pick(words.NOTES),
    email_confirmation_to_supervisor: random.oneIn(2),
    opt_out_email_confirmation: random.oneIn(9),
    opt_out_auto_confirmation: random.oneIn(9),
    supervisor: tenant.name('employees', tenant.link('customers', 'employees', index)),
    corporate_address: makeAddress(random),
    corporate_contact: makeContact(tenant, random, index),
    billing_address: random.oneIn(6) ? null : makeAddress(random),
    billing_contact: random.oneIn(6) ? null : makeContact(tenant, random, index),
    external_id: index % 5 === 4 ? null : `C-${4_000 + index}`,
    etag: meta.etag,
  };
}

function makeAddress(random: Random): Row {
  return {
    address1: `${10 + random.below(9_900)} ${random.pick(words.STREETS)} ${random.pick(words.STREET_KINDS)}`,
    address2: random.oneIn(3) ? `Suite ${100 + random.below(800)}` : null,
    city: random.pick(words.TOWNS),
    state: 'TX',
    zip: `78${random.digits(3)}`,
  };
}

function makeContact(tenant: Tenant, random: Random, index: number): Row {
  return {
    fullname: tenant.name('employees', random.below(132)),
    email: `contact${index}@example.com`,
    phone: makePhone(random),
    cellphone: random.oneIn(3) ? null : makePhone(random),
    fax: random.oneIn(3) ? makePhone(random) : null,
  };
}

function makePhone(random: Random): string {
  return `512-555-0${random.digits(3)}`;
}

export function makeEmployee(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('employees', index);
  const office = tenant.link('employees', 'offices', index);
  return {
    id: meta.id,
    username: `user${index + 1}`,
    fullname: tenant.name('employees', index),
    email: `user${index + 1}@example.com`,
    personal_email: random.oneIn(2) ? null : `home${index + 1}@example.net`,
    phone: makePhone(random),
    cellphone: random.oneIn(4) ? null : makePhone(random),
    crew: tenant.name('crews', random.oneIn(3) ? -1 : tenant.link('employees', 'crews', index)),
    fax: random.oneIn(8) ? makePhone(random) : null,
    active: !random.oneIn(6),
    holiday_pay: random.oneIn(2),
    weekly_hours: random.pick([40, 40, 32, 50]),
    user_class: random.pick(['Field', 'Office', 'Admin']),
    user_type_id: tenant.linkId('types', tenant.link('employees', 'types', index)),
    birth_date: random.oneIn(5)
      ? null
      : formatDate(Date.UTC(1960, 0, 1) + random.below(14_000) * DAY),
    rate: (15 + random.below(4_000) / 100).toFixed(2),
    piece_pay: random.oneIn(2),
    title: random.pick(words.TITLES),
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    elligible_for_rehire: !random.oneIn(9),
    hire_date: formatDate(meta.created - random.below(2_000) * DAY),
    office_ids: office < 0 ? [] : [tenant.id('offices', office)],
    payroll_id: random.oneIn(4) ? null : `P${random.digits(5)}`,
    auto_lunch: random.oneIn(2) ? null : { minutes: 30, after_hours: 5 },
    department_type_id: tenant.linkId('types', tenant.link('departments', 'types', index)),
    offices: office < 0 ? [] : [tenant.name('offices', office)],
    reports_to: index === 0 ? null : tenant.name('employees', Math.floor(index / 6)),
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    address: random.oneIn(9) ? null : makeAddress(random),
    etag: meta.etag,
    timezone: 'Central Time (US & Canada)',
  };
}

/** Returns the index of the employee at a place (0 to 2) of a crew; -1 without employees. */
function memberOfCrew(tenant: Tenant, crew: number, place: number): number {
  const employees = tenant.size('employees');
  return employees === 0 ? -1 : (crew * 3 + place) % employees;
}

export function makeCrew(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('crews', index);
  const leader = memberOfCrew(tenant, index, 0);
  const members =
    leader < 0
      ? []
      : [...new Set([leader, memberOfCrew(tenant, index, 1), memberOfCrew(tenant, index, 2)])];
  const office = tenant.link('crews', 'offices', index);
  const type = tenant.link('crews', 'types', index);
  return {
    id: meta.id,
    name: tenant.name('crews', index),
    active: !random.oneIn(7),
    phone: makePhone(random),
    calendar_color: `#${random.pick(['1f77b4', 'ff7f0e', '2ca02c', 'd62728'])}`,
    truck_number: random.oneIn(4) ? null : `T-${random.digits(2)}`,
    update_member_ids: members.map((one) => tenant.id('employees', one)),
    members: members.map((one) => ({
      id: tenant.id('employees', one),
      name: tenant.name('employees', one),
    })),
    member_pays: members.map((one) => ({
      id: tenant.id('employees', one),
      percent: 100 / members.length,
    })),
    leader_id: tenant.linkId('employees', leader),
    leader: tenant.name('employees', leader),
    office_ids: office < 0 ? [] : [tenant.id('offices', office)],
    offices: office < 0 ? [] : [tenant.name('offices', office)],
    crew_type_ids: type < 0 ? [] : [tenant.id('types', type)],
    crew_types: type < 0 ? [] : [random.pick(words.TRADES)],
    etag: meta.etag,
  };
}
