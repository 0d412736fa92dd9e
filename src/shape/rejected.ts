/** The rows of `rejected_records`: what could not be put out as declared, kept. */
import { createHash } from 'node:crypto';
import type { Rejection } from './shape.js';

/**
 * A row of `rejected_records`. Its id is made of what was rejected and where, so that a repeat is the same row.
 *
 * @param rejectedAt when the page came, ms since 1970
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
