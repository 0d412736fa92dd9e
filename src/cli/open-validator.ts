/** Loads the validator of the catalog's keywords, if a column has some. */
import type { Plan } from '../catalog/plan.js';
import { needsValidator, type Validator } from '../shape/convert.js';

/**
 * Returns a validator for the columns of a plan. Loading ajv takes longer than the first request,
 * and the shipped schemas do not need it.
 */
export async function openValidator({ streams }: Plan): Promise<Validator> {
  const isNeeded = streams.some(({ schema }) =>
    Object.values(schema.properties).some((property) => needsValidator(property)),
  );
  if (!isNeeded) return () => () => true;
  const { createValidator } = await import('../catalog/validator.js');
  return createValidator();
}
