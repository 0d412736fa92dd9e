/** Where the contractor builds: rows of jobs and of what they stand in. */

import type { Site } from './tenant.js';
import { DAY, day, stamp } from './times.js';
import * as words from './words.js';

/** What every row is given: its id, when it was made and last changed (ms), and the tag of its version. */
export interface Life {
  readonly id: number;
  readonly created: number;
  readonly updated: number;
  readonly etag: string;
}

/** Makes the row at an index of a list, in plain form: native numbers and booleans, null for nothing. */
export type Maker = (site: Site, index: number, life: Life) => Record<string, unknown>;

export function job(site: Site, index: number, life: Life): Record<string, unknown> {
  const dice = site.dice('jobs', index);
  const community = site.link('jobs', 'communities', index);
  const customer = customerOf(site, community);
  const type = site.link('jobs', 'job_type_configuration', index);
  const floorplan = site.link('jobs', 'floorplans', index);
  const owner = dice.once(3) ? null : site.name('employees', dice.below(132));
  const start = life.created + (7 + dice.below(40)) * DAY;
  return {
    id: life.id,
    address: site.name('jobs', index),
    lot: String(1 + dice.below(180)),
    block: dice.pick(['A', 'B', 'C', 'D', '1', '2']),
    active: !dice.once(5),
    floorplan: site.name('floorplans', floorplan),
    community: site.name('communities', community),
    city: site.name('cities', cityOf(site, community)),
    customer: site.name('customers', customer),
    customer_id: site.linkId('customers', customer),
    office: site.name('offices', officeOf(site, community)),
    home_owner: owner,
    home_owner_email: owner === null ? null : `owner${index}@example.com`,
    home_owner_phone: owner === null ? null : `512-555-0${dice.digits(3)}`,
    permit_number: dice.once(6) ? null : `BP-${day(life.created).slice(0, 4)}-${dice.digits(6)}`,
    permit_date: dice.once(6) ? null : day(life.created + dice.below(10) * DAY),
    start_date: day(start),
    builder_job_number: `${dice.digits(4)}-${dice.digits(3)}`,
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    zip: `78${dice.digits(3)}`,
    accounting_number: dice.once(4) ? null : `J${100_000 + index}`,
    under_warranty: dice.once(6),
    municipality: dice.once(5) ? null : `City of ${dice.pick(words.TOWNS)}`,
    customer_external_id: externalId('C', customer),
    community_external_id: externalId('K', community),
    job_type_id: site.linkId('job_type_configuration', type),
    job_type: site.name('job_type_configuration', type),
    close_date: dice.once(2) ? null : day(start + (30 + dice.below(90)) * DAY),
    floorplan_id: site.linkId('floorplans', floorplan),
    etag: life.etag,
  };
}

/** The index of the customer that builds in a community. */
export function customerOf(site: Site, community: number): number {
  return community < 0 ? -1 : site.link('communities', 'customers', community);
}

/** The index of the city that a community lies in. */
export function cityOf(site: Site, community: number): number {
  return community < 0 ? -1 : site.link('communities', 'cities', community);
}

function officeOf(site: Site, community: number): number {
  const city = cityOf(site, community);
  return city < 0 ? -1 : site.link('cities', 'offices', city);
}

function externalId(prefix: string, index: number): string | null {
  return index < 0 || index % 5 === 4 ? null : `${prefix}-${4_000 + index}`;
}

export function community(site: Site, index: number, life: Life): Record<string, unknown> {
  const dice = site.dice('communities', index);
  return {
    id: life.id,
    name: site.name('communities', index),
    city: site.name('cities', cityOf(site, index)),
    customer: site.name('customers', customerOf(site, index)),
    office: site.name('offices', officeOf(site, index)),
    supervisor: site.name('employees', site.link('communities', 'employees', index)),
    project_manager: dice.once(4) ? null : site.name('employees', dice.below(60)),
    active: !dice.once(8),
    security: dice.once(5),
    warranties: dice.once(3) ? null : '1 year labor, 10 years material',
    email_confirmation_to_supervisor: dice.once(2),
    under_warranty: dice.once(6),
    map_location: dice.once(3) ? null : `30.${dice.digits(5)},-97.${dice.digits(5)}`,
    external_id: externalId('K', index),
    etag: life.etag,
  };
}

export function city(site: Site, index: number, life: Life): Record<string, unknown> {
  return {
    id: life.id,
    name: site.name('cities', index),
    state: 'TX',
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    etag: life.etag,
  };
}

export function office(site: Site, index: number, life: Life): Record<string, unknown> {
  const dice = site.dice('offices', index);
  return {
    id: life.id,
    name: site.name('offices', index),
    address: `${100 + dice.below(900)} Commerce ${dice.pick(words.STREET_KINDS)}, ${site.name('cities', index)}, TX`,
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    etag: life.etag,
  };
}

export function floorplan(site: Site, index: number, life: Life): Record<string, unknown> {
  const dice = site.dice('floorplans', index);
  const community = site.link('floorplans', 'communities', index);
  const customer = customerOf(site, community);
  const feet = 1_200 + dice.below(26_000) / 10;
  return {
    id: life.id,
    name: site.name('floorplans', index),
    community: site.name('communities', community),
    customer: site.name('customers', customer),
    city: site.name('cities', cityOf(site, community)),
    customer_id: site.linkId('customers', customer),
    customer_external_id: externalId('C', customer),
    community_external_id: externalId('K', community),
    active_date: day(life.created),
    inactive_date: dice.once(5) ? day(life.updated) : null,
    bid_number: dice.once(4) ? null : `B${dice.digits(5)}`,
    square_footage: feet,
    labor_hours: dice.below(400) / 4,
    contract_price: Math.round(feet * 645) / 100,
    work_unit: dice.pick(['sq ft', 'sq yd', 'squares', 'each']),
    etag: life.etag,
    extended_labor_costs: dice.once(3)
      ? []
      : [{ crew_type: 'Install', cost: 1 + dice.below(400) / 100, unit: 'sq ft' }],
  };
}
