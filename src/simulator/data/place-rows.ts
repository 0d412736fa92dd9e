/** Row makers for places: jobs, communities, cities, offices, floorplans. */

import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { DAY, formatDate, formatTimestamp } from './times.js';
import * as words from './words.js';

export function makeJob(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('jobs', index);
  const community = tenant.link('jobs', 'communities', index);
  const customer = customerOfCommunity(tenant, community);
  const type = tenant.link('jobs', 'job_type_configuration', index);
  const floorplan = tenant.link('jobs', 'floorplans', index);
  const owner = random.oneIn(3) ? null : tenant.name('employees', random.below(132));
  const start = meta.created + (7 + random.below(40)) * DAY;
  return {
    id: meta.id,
    address: tenant.name('jobs', index),
    lot: String(1 + random.below(180)),
    block: random.pick(['A', 'B', 'C', 'D', '1', '2']),
    active: !random.oneIn(5),
    floorplan: tenant.name('floorplans', floorplan),
    community: tenant.name('communities', community),
    city: tenant.name('cities', cityOfCommunity(tenant, community)),
    customer: tenant.name('customers', customer),
    customer_id: tenant.linkId('customers', customer),
    office: tenant.name('offices', officeOfCommunity(tenant, community)),
    home_owner: owner,
    home_owner_email: owner === null ? null : `owner${index}@example.com`,
    home_owner_phone: owner === null ? null : `512-555-0${random.digits(3)}`,
    permit_number: random.oneIn(6)
      ? null
      : `BP-${formatDate(meta.created).slice(0, 4)}-${random.digits(6)}`,
    permit_date: random.oneIn(6) ? null : formatDate(meta.created + random.below(10) * DAY),
    start_date: formatDate(start),
    builder_job_number: `${random.digits(4)}-${random.digits(3)}`,
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    zip: `78${random.digits(3)}`,
    accounting_number: random.oneIn(4) ? null : `J${100_000 + index}`,
    under_warranty: random.oneIn(6),
    municipality: random.oneIn(5) ? null : `City of ${random.pick(words.TOWNS)}`,
    customer_external_id: formatExternalId('C', customer),
    community_external_id: formatExternalId('K', community),
    job_type_id: tenant.linkId('job_type_configuration', type),
    job_type: tenant.name('job_type_configuration', type),
    close_date: random.oneIn(2) ? null : formatDate(start + (30 + random.below(90)) * DAY),
    floorplan_id: tenant.linkId('floorplans', floorplan),
    etag: meta.etag,
  };
}

/** Returns the index of the customer of a community; -1 without one. */
export function customerOfCommunity(tenant: Tenant, community: number): number {
  return community < 0 ? -1 : tenant.link('communities', 'customers', community);
}

/** Returns the index of the city of a community; -1 without one. */
export function cityOfCommunity(tenant: Tenant, community: number): number {
  return community < 0 ? -1 : tenant.link('communities', 'cities', community);
}

function officeOfCommunity(tenant: Tenant, community: number): number {
  const city = cityOfCommunity(tenant, community);
  return city < 0 ? -1 : tenant.link('cities', 'offices', city);
}

function formatExternalId(prefix: string, index: number): string | null {
  return index < 0 || index % 5 === 4 ? null : `${prefix}-${4_000 + index}`;
}

export function makeCommunity(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('communities', index);
  return {
    id: meta.id,
    name: tenant.name('communities', index),
    city: tenant.name('cities', cityOfCommunity(tenant, index)),
    customer: tenant.name('customers', customerOfCommunity(tenant, index)),
    office: tenant.name('offices', officeOfCommunity(tenant, index)),
    supervisor: tenant.name('employees', tenant.link('communities', 'employees', index)),
    project_manager: random.oneIn(4) ? null : tenant.name('employees', random.below(60)),
    active: !random.oneIn(8),
    security: random.oneIn(5),
    warranties: random.oneIn(3) ? null : '1 year labor, 10 years material',
    email_confirmation_to_supervisor: random.oneIn(2),
    under_warranty: random.oneIn(6),
    map_location: random.oneIn(3) ? null : `30.${random.digits(5)},-97.${random.digits(5)}`,
    external_id: formatExternalId('K', index),
    etag: meta.etag,
  };
}

export function makeCity(tenant: Tenant, index: number, meta: RowMeta): Row {
  return {
    id: meta.id,
    name: tenant.name('cities', index),
    state: 'TX',
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    etag: meta.etag,
  };
}

export function makeOffice(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('offices', index);
  return {
    id: meta.id,
    name: tenant.name('offices', index),
    address: `${100 + random.below(900)} Commerce ${random.pick(words.STREET_KINDS)}, ${tenant.name('cities', index)}, TX`,
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    etag: meta.etag,
  };
}

export function makeFloorplan(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('floorplans', index);
  const community = tenant.link('floorplans', 'communities', index);
  const customer = customerOfCommunity(tenant, community);
  const feet = 1_200 + random.below(26_000) / 10;
  return {
    id: meta.id,
    name: tenant.name('floorplans', index),
    community: tenant.name('communities', community),
    customer: tenant.name('customers', customer),
    city: tenant.name('cities', cityOfCommunity(tenant, community)),
    customer_id: tenant.linkId('customers', customer),
    customer_external_id: formatExternalId('C', customer),
    community_external_id: formatExternalId('K', community),
    active_date: formatDate(meta.created),
    inactive_date: random.oneIn(5) ? formatDate(meta.updated) : null,
    bid_number: random.oneIn(4) ? null : `B${random.digits(5)}`,
    square_footage: feet,
    labor_hours: random.below(400) / 4,
    contract_price: Math.round(feet * 645) / 100,
    work_unit: random.pick(['sq ft', 'sq yd', 'squares', 'each']),
    etag: meta.etag,
    extended_labor_costs: random.oneIn(3)
      ? []
      : [{ crew_type: 'Install', cost: 1 + random.below(400) / 100, unit: 'sq ft' }],
  };
}
