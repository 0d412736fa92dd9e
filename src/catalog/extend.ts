/** Adds columns to a catalog. Everything that is there stays as it is. */
import { isObject, type JsonObject } from '../json.js';
import type { PropertySchema } from './schema.js';

/** The mark of a column that was found in rows of the API, in its metadata. */
const DISCOVERED = 'bolt-eci-tap.discovered';

/**
 * Returns a catalog with further columns, selected by default. Columns that it has already stay.
 *
 * @param catalog a catalog that `plan` accepts; is not changed
 * @param found the properties to add, by stream id and column
 */
export function extendCatalog(
  catalog: unknown,
  found: ReadonlyMap<string, ReadonlyMap<string, PropertySchema>>,
): unknown {
  if (!isObject(catalog) || !Array.isArray(catalog['streams'])) return catalog;
  const streams = catalog['streams'].map((entry: unknown) => {
    if (!isObject(entry)) return entry;
    const columns = found.get(String(entry['tap_stream_id'] ?? entry['stream']));
    return columns === undefined || columns.size === 0 ? entry : extendEntry(entry, columns);
  });
  return { ...catalog, streams };
}

function extendEntry(
  entry: JsonObject,
  columns: ReadonlyMap<string, PropertySchema>,
): Record<string, unknown> {
  const schema = isObject(entry['schema']) ? entry['schema'] : {};
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const metadata: readonly unknown[] = Array.isArray(entry['metadata']) ? entry['metadata'] : [];
  const added = [...columns].filter(([name]) => !Object.hasOwn(properties, name));
  const described = added.filter(([name]) => !metadata.some((item) => isAbout(item, name)));
  return {
    ...entry,
    schema: { ...schema, properties: { ...properties, ...Object.fromEntries(added) } },
    metadata: [
      ...metadata,
      ...described.map(([name]) => ({
        breadcrumb: ['properties', name],
        metadata: { inclusion: 'available', 'selected-by-default': true, [DISCOVERED]: true },
      })),
    ],
  };
}

/** Whether an item of metadata is about a column. */
function isAbout(item: unknown, column: string): boolean {
  const breadcrumb: unknown = isObject(item) ? item['breadcrumb'] : null;
  return JSON.stringify(breadcrumb) === JSON.stringify(['properties', column]);
}
