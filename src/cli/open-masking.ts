/** Masking by the settings `mask_columns` and `mask_key`. */
import { declaredColumns } from '../catalog/mask-columns.js';
import { MaskRules } from '../catalog/mask-rules.js';
import type { Warning } from '../codes.js';
import type { Config } from '../config/config.js';
import { ConfigError } from '../errors.js';
import { Masking } from '../shape/masking.js';

/** Shorter keys can be found by trying. */
const SHORTEST_KEY = 16;

/**
 * Returns what masks rows; null if no column is masked.
 *
 * @param catalog parsed JSON of a given catalog, whose columns can be masked too
 * @param warnings receives a warning if the key is short
 * @throws ConfigError if a name matches no column, a column cannot be masked, or the key is missing
 */
export function openMasking(
  { maskColumns, maskKey }: Pick<Config, 'maskColumns' | 'maskKey'>,
  catalog: unknown,
  warnings: Warning[],
): Masking | null {
  if (Object.keys(maskColumns).length === 0) return null;
  const rules = new MaskRules(maskColumns, declaredColumns(catalog));
  if (rules.hashes && maskKey === undefined)
    throw new ConfigError(
      'MASK_WRONG',
      'mask_columns has hmac, but mask_key is not set: set it to at least 16 random characters',
    );
  if (rules.hashes && maskKey !== undefined && maskKey.length < SHORTEST_KEY)
    warnings.push({
      code: 'MASK_KEY_SHORT',
      message: `mask_key has fewer than ${SHORTEST_KEY} characters: use at least that many random ones`,
    });
  return new Masking(rules, maskKey);
}
