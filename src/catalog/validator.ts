/** Checks for columns whose schema was given keywords beyond type and format in a catalog; for the few that have some. */
import { Ajv, type ValidateFunction } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { ConfigError, describe } from '../errors.js';
import type { PropertySchema } from './schema.js';

/**
 * Makes checks of values against a column's schema.
 *
 * @returns a function that takes a column's schema and gives its check; it throws ConfigError where that is no JSON Schema
 */
export function createValidator(): (schema: PropertySchema) => (value: unknown) => boolean {
  let ajv: Ajv | null = null;
  return (schema) => {
    let validate: ValidateFunction;
    ajv ??= withFormats();
    try {
      validate = ajv.compile(schema);
    } catch (error) {
      throw new ConfigError(
        'CATALOG_WRONG',
        `The catalog holds a property that is no JSON Schema: ${describe(error)}`,
      );
    }
    return (value) => validate(value);
  };
}

function withFormats(): Ajv {
  const ajv = new Ajv({ strict: false, logger: false, addUsedSchema: false });
  addFormats.default(ajv);
  return ajv;
}
