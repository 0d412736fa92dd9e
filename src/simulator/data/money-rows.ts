/** What it costs: rows of contracts, invoices, builders' orders and price lists. */

import type { Dice } from './random.js';
import type { Row, Site } from './tenant.js';
import { cityOf, customerOf, type Life } from './place-rows.js';
import { day, stamp } from './times.js';
import { jobOf } from './work-rows.js';
import * as words from './words.js';

export function contract(site: Site, index: number, life: Life): Row {
  const dice = site.dice('contracts', index);
  const workOrder = site.along('contracts', 'work_orders', index);
  return {
    id: life.id,
    number: 10_000 + index,
    status: dice.pick(['Pending', 'Approved', 'Submitted', 'Paid']),
    category: dice.pick(['Standard', 'Extra', 'Change Order']),
    po_number: dice.once(4) ? null : `PO${dice.digits(7)}`,
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    description: dice.pick(words.ITEMS),
    work_order_id: site.linkId('work_orders', workOrder),
    assigned_to: site.name('employees', site.link('contracts', 'employees', index)),
    pricing_mode: dice.pick(['Fixed', 'Per unit']),
    job: workOrder < 0 ? null : site.name('jobs', jobOf(site, workOrder)),
    total: dice.below(2_500_000) / 100,
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    etag: life.etag,
  };
}

/** A line of an invoice: `total` is `quantity` times `price`, to the cent. */
export function invoiceLine(dice: Dice, number: number): Row & { total: number } {
  const quantity = 1 + dice.below(40);
  const cents = 99 + dice.below(20_000);
  return {
    line: number,
    description: dice.pick(words.ITEMS),
    quantity,
    price: cents / 100,
    total: (quantity * cents) / 100,
  };
}

/** What lines add up to, to the cent. */
export function sumOf(lines: readonly { readonly total: number }[]): number {
  return Math.round(lines.reduce((sum, line) => sum + line.total * 100, 0)) / 100;
}

export function invoice(site: Site, index: number, life: Life): Row {
  const dice = site.dice('invoices', index);
  const workOrder = site.along('invoices', 'work_orders', index);
  const job = workOrder < 0 ? -1 : jobOf(site, workOrder);
  const maker = site.link('invoices', 'employees', index);
  const lines = Array.from({ length: 1 + dice.below(4) }, (_, at) => invoiceLine(dice, at + 1));
  const customer = job < 0 ? -1 : customerOf(site, site.link('jobs', 'communities', job));
  const failed = dice.once(12);
  return {
    id: life.id,
    work_order_id: site.linkId('work_orders', workOrder),
    accounting_id: dice.once(3) ? null : `QB-${50_000 + index}`,
    job_id: site.linkId('jobs', job),
    customer_id: site.linkId('customers', customer),
    status: failed ? 'error' : dice.pick(['draft', 'sent', 'paid']),
    object: 'invoice',
    extras: dice.once(2) ? null : { terms: 'Net 30', class: { name: dice.pick(words.TRADES) } },
    total: sumOf(lines),
    created_by: site.name('employees', maker),
    created_by_id: site.linkId('employees', maker),
    number: `INV-${20_000 + index}`,
    summary: `${lines.length} line(s), ${site.name('jobs', job) ?? 'no job'}`,
    contract_details: lines,
    last_error: failed ? 'Duplicate document number: the name is already in use' : null,
    job_ids: job < 0 ? [] : [site.id('jobs', job)],
    work_order_ids: workOrder < 0 ? [] : [site.id('work_orders', workOrder)],
    po_numbers: dice.once(3) ? [] : [`PO${dice.digits(7)}`],
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    work_order_type: site.name(
      'work_order_types',
      workOrder < 0 ? -1 : site.link('work_orders', 'work_order_types', workOrder),
    ),
    etag: life.etag,
  };
}

export function builderOrder(site: Site, index: number, life: Life): Row {
  const dice = site.dice('builder_orders', index);
  const workOrder = site.along('builder_orders', 'work_orders', index);
  const job = workOrder < 0 ? -1 : jobOf(site, workOrder);
  const community = job < 0 ? -1 : site.link('jobs', 'communities', job);
  const type = workOrder < 0 ? -1 : site.link('work_orders', 'work_order_types', workOrder);
  const stage = dice.below(4);
  return {
    id: life.id,
    order_type: dice.pick(['Purchase Order', 'EPO', 'Variance']),
    stage,
    stage_description: ['Received', 'Accepted', 'Released', 'Completed'][stage],
    work_order_id: site.linkId('work_orders', workOrder),
    work_order_type_id: site.linkId('work_order_types', type),
    start_date: dice.once(7) ? null : day(life.created),
    job_address: site.name('jobs', job),
    floorplan_name: site.name('floorplans', job < 0 ? -1 : site.link('jobs', 'floorplans', job)),
    city_name: site.name('cities', cityOf(site, community)),
    community_name: site.name('communities', community),
    customer_name: site.name('customers', customerOf(site, community)),
    notes: dice.once(2) ? null : dice.pick(words.NOTES),
    created_at: stamp(life.created),
    updated_at: stamp(life.updated),
    order_number: `${dice.digits(6)}-000`,
    total: dice.below(900_000) / 100,
    task_name: dice.pick(words.TRADES),
    type: dice.pick(['BuildPro', 'Hyphen', 'Manual']),
    accepted_at: stage === 0 ? null : stamp(life.updated),
    task_descriptions: [dice.pick(words.ITEMS), dice.pick(words.ITEMS)],
    item_details: [{ sku: `SKU-${dice.digits(4)}`, quantity: 1 + dice.below(30), unit_price: dice.below(9_000) / 100 }],
  };
}

export function customerPricing(site: Site, index: number, life: Life): Row {
  const dice = site.dice('customer_pricings', index);
  const community = site.link('customer_pricings', 'communities', index);
  const customer = customerOf(site, community);
  const city = cityOf(site, community);
  const floorplan = dice.once(3) ? -1 : site.link('customer_pricings', 'floorplans', index);
  const price = dice.below(90_000) / 100;
  return {
    id: life.id,
    description: dice.pick(words.ITEMS),
    sku: `SKU-${dice.digits(4)}`,
    item_number: dice.once(4) ? null : dice.digits(5),
    price,
    labor: Math.round(price * 40) / 100,
    active_date: day(life.created),
    inactive_date: dice.once(6) ? day(life.updated) : null,
    favorite: dice.once(6),
    print_on_all_contractuals: dice.once(4),
    city_id: site.linkId('cities', city),
    city: site.name('cities', city),
    customer_id: site.linkId('customers', customer),
    customer: site.name('customers', customer),
    community_id: site.linkId('communities', community),
    community: site.name('communities', community),
    floorplan_id: site.linkId('floorplans', floorplan),
    floorplan: site.name('floorplans', floorplan),
    retail_price: dice.once(5) ? null : Math.round(price * 130) / 100,
    etag: life.etag,
    extended_labor_costs: dice.once(2) ? [] : [{ crew_type: 'Install', cost: Math.round(price * 35) / 100 }],
  };
}
