/** The schemas of masked columns: each is text, whatever the catalog declares. */
import { isObject } from '../json.js';
import type { MaskRules } from './mask-rules.js';
import { REJECTED } from '../streams.js';
import type { Plan, PlannedStream, PlannedTable } from './plan.js';
import type { PropertySchema } from './schema.js';

/** Returns a plan in which masked columns are text. */
export function maskPlan(plan: Plan, rules: MaskRules): Plan {
  return {
    ...plan,
    streams: plan.streams.map((one) => maskStream(one, rules)),
    rejected: plan.rejected && maskTable(plan.rejected, REJECTED, rules),
  };
}

/** Returns a stream of a plan in which masked columns are text. */
export function maskStream(planned: PlannedStream, rules: MaskRules): PlannedStream {
  return maskTable(planned, planned.stream.name, rules);
}

/**
 * Returns a catalog in which masked columns are text. Everything else stays as it is.
 *
 * @param catalog parsed JSON; is not changed
 */
export function maskCatalog(catalog: unknown, rules: MaskRules): unknown {
  if (!isObject(catalog) || !Array.isArray(catalog['streams'])) return catalog;
  const streams = catalog['streams'].map((entry: unknown) => {
    if (!isObject(entry) || !isObject(entry['schema'])) return entry;
    const { properties } = entry['schema'];
    if (!isObject(properties)) return entry;
    const id = String(entry['tap_stream_id'] ?? entry['stream']);
    const schema = { ...entry['schema'], properties: maskProperties(properties, id, rules) };
    return { ...entry, schema };
  });
  return { ...catalog, streams };
}

function maskTable<T extends PlannedTable>(table: T, id: string, rules: MaskRules): T {
  const { schema } = table;
  return {
    ...table,
    schema: { ...schema, properties: maskProperties(schema.properties, id, rules) },
  };
}

function maskProperties(
  properties: Readonly<Record<string, unknown>>,
  id: string,
  rules: MaskRules,
): Record<string, PropertySchema> {
  return Object.fromEntries(
    Object.entries(properties).map(([column, property]): [string, PropertySchema] => {
      const declared: PropertySchema = isObject(property) ? property : {};
      return [column, rules.ofColumn(id, column) === null ? declared : asText(declared)];
    }),
  );
}

/** A hash has no format and no limits. */
function asText({ description }: PropertySchema): PropertySchema {
  return { type: ['null', 'string'], ...(description !== undefined && { description }) };
}
