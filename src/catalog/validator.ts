/** Validates values of columns whose schema in the catalog has keywords beyond type and format. */
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import type { PropertySchema } from './schema.js';

/** Shared, because a new Ajv first compiles the schema of schemas, which takes 30 ms. */
let shared: Ajv | null = null;

/**
 * Creates a compiler of schemas. Ajv starts with the first schema, since most runs have none.
 *
 * @returns a function that compiles a column's schema into a check of values. It throws the error
 *   of Ajv if the schema is invalid
 */
export function createValidator(): (schema: PropertySchema) => (value: unknown) => boolean {
  return (schema) => {
    shared ??= withFormats();
    const validate = shared.compile(schema);
    // Ajv would keep every schema and its code.
    shared.removeSchema(schema);
    return (value) => validate(value);
  };
}

function withFormats(): Ajv {
  const ajv = new Ajv({ strict: false, logger: false, addUsedSchema: false });
  addFormats.default(ajv);
  return ajv;
}
