/** The rows of `rejected_records`. */
import { createHash } from 'node:crypto';
import type { Rejection } from './shape.js';

/**
 * Makes a row of `rejected_records`. Its id is a hash of the stream, the key, the field and the
 * value, so that the same rejection in a later run has the same id.
 *
 * @param rejectedAt when the page arrived, in ms since 1970
 */
export function rejectedRow(
  stream: string,
  rejection: Rejection,
  rejectedAt: number,
): Record<string, unknown> {
  const { field, recordKey, reason, value } = rejection;
  const id = createHash('sha256').update(JSON.stringify([stream, recordKey, field, value]));
  return {
    rejected_id: id.digest('hex').slice(0, 32),
    stream,
    record_key: recordKey,
    field,
    reason,
    value,
    rejected_at: new Date(rejectedAt).toISOString(),
  };
}
