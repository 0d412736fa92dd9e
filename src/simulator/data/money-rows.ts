/** Row makers for money: contracts, invoices, builder orders, customer pricings. */

import type { Random } from './random.js';
import type { Row, RowMeta } from './row.js';
import type { Tenant } from './tenant.js';
import { cityOfCommunity, customerOfCommunity } from './place-rows.js';
import { formatDate, formatTimestamp } from './times.js';
import { jobOfWorkOrder } from './work-rows.js';
import * as words from './words.js';

export function makeContract(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('contracts', index);
  const workOrder = tenant.linkInOrder('contracts', 'work_orders', index);
  return {
    id: meta.id,
    number: 10_000 + index,
    status: random.pick(['Pending', 'Approved', 'Submitted', 'Paid']),
    category: random.pick(['Standard', 'Extra', 'Change Order']),
    po_number: random.oneIn(4) ? null : `PO${random.digits(7)}`,
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    description: random.pick(words.ITEMS),
    work_order_id: tenant.linkId('work_orders', workOrder),
    assigned_to: tenant.name('employees', tenant.link('contracts', 'employees', index)),
    pricing_mode: random.pick(['Fixed', 'Per unit']),
    job: workOrder < 0 ? null : tenant.name('jobs', jobOfWorkOrder(tenant, workOrder)),
    total: random.below(2_500_000) / 100,
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    etag: meta.etag,
  };
}

/** Makes a line of an invoice. Its `total` is `quantity` times `price`, exact to the cent. */
export function makeInvoiceLine(random: Random, number: number): Row & { total: number } {
  const quantity = 1 + random.below(40);
  const cents = 99 + random.below(20_000);
  return {
    line: number,
    description: random.pick(words.ITEMS),
    quantity,
    price: cents / 100,
    total: (quantity * cents) / 100,
  };
}

/** Returns the sum of the totals of invoice lines, exact to the cent. */
export function sumTotals(lines: readonly { readonly total: number }[]): number {
  return Math.round(lines.reduce((sum, line) => sum + line.total * 100, 0)) / 100;
}

export function makeInvoice(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('invoices', index);
  const workOrder = tenant.linkInOrder('invoices', 'work_orders', index);
  const job = workOrder < 0 ? -1 : jobOfWorkOrder(tenant, workOrder);
  const creator = tenant.link('invoices', 'employees', index);
  const lines = Array.from({ length: 1 + random.below(4) }, (_, at) =>
    makeInvoiceLine(random, at + 1),
  );
  const customer =
    job < 0 ? -1 : customerOfCommunity(tenant, tenant.link('jobs', 'communities', job));
  const failed = random.oneIn(12);
  return {
    id: meta.id,
    work_order_id: tenant.linkId('work_orders', workOrder),
    accounting_id: random.oneIn(3) ? null : `QB-${50_000 + index}`,
    job_id: tenant.linkId('jobs', job),
    customer_id: tenant.linkId('customers', customer),
    status: failed ? 'error' : random.pick(['draft', 'sent', 'paid']),
    object: 'invoice',
    extras: random.oneIn(2)
      ? null
      : { terms: 'Net 30', class: { name: random.pick(words.TRADES) } },
    total: sumTotals(lines),
    created_by: tenant.name('employees', creator),
    created_by_id: tenant.linkId('employees', creator),
    number: `INV-${20_000 + index}`,
    summary: `${lines.length} line(s), ${tenant.name('jobs', job) ?? 'no job'}`,
    contract_details: lines,
    last_error: failed ? 'Duplicate document number: the name is already in use' : null,
    job_ids: job < 0 ? [] : [tenant.id('jobs', job)],
    work_order_ids: workOrder < 0 ? [] : [tenant.id('work_orders', workOrder)],
    po_numbers: random.oneIn(3) ? [] : [`PO${random.digits(7)}`],
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    work_order_type: tenant.name(
      'work_order_types',
      workOrder < 0 ? -1 : tenant.link('work_orders', 'work_order_types', workOrder),
    ),
    etag: meta.etag,
  };
}

export function makeBuilderOrder(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('builder_orders', index);
  const workOrder = tenant.linkInOrder('builder_orders', 'work_orders', index);
  const job = workOrder < 0 ? -1 : jobOfWorkOrder(tenant, workOrder);
  const community = job < 0 ? -1 : tenant.link('jobs', 'communities', job);
  const type = workOrder < 0 ? -1 : tenant.link('work_orders', 'work_order_types', workOrder);
  const stage = random.below(4);
  return {
    id: meta.id,
    order_type: random.pick(['Purchase Order', 'EPO', 'Variance']),
    stage,
    stage_description: ['Received', 'Accepted', 'Released', 'Completed'][stage],
    work_order_id: tenant.linkId('work_orders', workOrder),
    work_order_type_id: tenant.linkId('work_order_types', type),
    start_date: random.oneIn(7) ? null : formatDate(meta.created),
    job_address: tenant.name('jobs', job),
    floorplan_name: tenant.name(
      'floorplans',
      job < 0 ? -1 : tenant.link('jobs', 'floorplans', job),
    ),
    city_name: tenant.name('cities', cityOfCommunity(tenant, community)),
    community_name: tenant.name('communities', community),
    customer_name: tenant.name('customers', customerOfCommunity(tenant, community)),
    notes: random.oneIn(2) ? null : random.pick(words.NOTES),
    created_at: formatTimestamp(meta.created),
    updated_at: formatTimestamp(meta.updated),
    order_number: `${random.digits(6)}-000`,
    total: random.below(900_000) / 100,
    task_name: random.pick(words.TRADES),
    type: random.pick(['BuildPro', 'Hyphen', 'Manual']),
    accepted_at: stage === 0 ? null : formatTimestamp(meta.updated),
    task_descriptions: [random.pick(words.ITEMS), random.pick(words.ITEMS)],
    item_details: [
      {
        sku: `SKU-${random.digits(4)}`,
        quantity: 1 + random.below(30),
        unit_price: random.below(9_000) / 100,
      },
    ],
  };
}

export function makeCustomerPricing(tenant: Tenant, index: number, meta: RowMeta): Row {
  const random = tenant.random('customer_pricings', index);
  const community = tenant.link('customer_pricings', 'communities', index);
  const customer = customerOfCommunity(tenant, community);
  const city = cityOfCommunity(tenant, community);
  const floorplan = random.oneIn(3) ? -1 : tenant.link('customer_pricings', 'floorplans', index);
  const price = random.below(90_000) / 100;
  return {
    id: meta.id,
    description: random.pick(words.ITEMS),
    sku: `SKU-${random.digits(4)}`,
    item_number: random.oneIn(4) ? null : random.digits(5),
    price,
    labor: Math.round(price * 40) / 100,
    active_date: formatDate(meta.created),
    inactive_date: random.oneIn(6) ? formatDate(meta.updated) : null,
    favorite: random.oneIn(6),
    print_on_all_contractuals: random.oneIn(4),
    city_id: tenant.linkId('cities', city),
    city: tenant.name('cities', city),
    customer_id: tenant.linkId('customers', customer),
    customer: tenant.name('customers', customer),
    community_id: tenant.linkId('communities', community),
    community: tenant.name('communities', community),
    floorplan_id: tenant.linkId('floorplans', floorplan),
    floorplan: tenant.name('floorplans', floorplan),
    retail_price: random.oneIn(5) ? null : Math.round(price * 130) / 100,
    etag: meta.etag,
    extended_labor_costs: random.oneIn(2)
      ? []
      : [{ crew_type: 'Install', cost: Math.round(price * 35) / 100 }],
  };
}
