/** Makes the message lines of a stream: SCHEMA, RECORDs, and the records of rejections. */
import { DataError } from '../errors.js';
import type { Log } from '../terminal/log.js';
import type { PlannedTable, PlannedStream } from '../catalog/plan.js';
import type { RowEvent, UnusableEvent } from './list-event.js';
import { rejectedRow } from '../shape/rejected.js';
import type { StreamReport } from '../reports/report.js';
import type { PropertySchema } from '../catalog/schema.js';
import { jsonText } from '../shape/json-text.js';
import type { Masking, MaskRow } from '../shape/masking.js';
import { compileShape, selectedSchema, type Rejection, type Shape } from '../shape/shape.js';
import { DELETED_COLUMNS, REJECTED, RESCUED } from '../streams.js';
import type { Page } from './walk.js';
import { recordLines, schemaLine } from '../singer/messages.js';

type Row = Readonly<Record<string, unknown>>;

export interface LinesOptions {
  readonly planned: PlannedStream;
  readonly rejected: PlannedTable | null;
  readonly maxRejectedShare: number;
  /** Compiles a check for columns with keywords that a user has added to the catalog. */
  readonly validator: (schema: PropertySchema) => (value: unknown) => boolean;
  /** Masks values; null or absent if no column is masked. */
  readonly masking?: Masking | null | undefined;
  readonly log: Log;
  /** Its counts are kept up to date. */
  readonly report: StreamReport;
}

/** From this many rows on, `max_rejected_share` applies. */
const ROWS_FOR_A_SHARE = 100;

export class StreamLines {
  readonly #options: LinesOptions;
  readonly #shape: Shape;
  readonly #shapeRejected: Shape | null;
  /** Masks the events of the stream's feed. */
  readonly #maskEvent: MaskRow | null;
  readonly #deletedColumns: readonly string[];
  /** The version that records carry, if any. */
  version: number | undefined;
  /** Called with each record of a page. */
  onRecord: ((record: Row) => void) | null = null;
  /** Rows of pages, and how many of them have a rejection. */
  #rows = 0;
  #misfits = 0;
  /** The kinds of rejections, by field and reason, that a warning has reported. */
  readonly #reported = new Set<string>();

  constructor(options: LinesOptions) {
    this.#options = options;
    const { planned, rejected, validator, masking, log } = options;
    const { stream, schema, selected } = planned;
    this.#deletedColumns = DELETED_COLUMNS.filter((column) => selected.has(column));
    this.#maskEvent = masking && stream.feed ? masking.rowsOf(stream.feed.name) : null;
    this.#shape = compileShape({
      stream,
      schema,
      selected,
      validator,
      mask: masking?.rowsOf(stream.name),
      undeclared: (field) => this.#warnUndeclared(field),
    });
    this.#shapeRejected =
      rejected &&
      compileShape({
        stream: { name: REJECTED, keys: rejected.keys, flatten: {} },
        schema: rejected.schema,
        selected: rejected.selected,
        validator,
        mask: masking?.rowsOf(REJECTED),
        undeclared: (field) =>
          log.warn(
            'FIELD_UNDECLARED',
            `${rejected.name}: the catalog does not declare ${field}; it is not emitted`,
          ),
      });
  }

  /** Returns the SCHEMA line. */
  schema(): string {
    const { name, schema, selected, keys } = this.#options.planned;
    return schemaLine(name, selectedSchema(schema, selected, keys), keys);
  }

  /**
   * Returns the RECORD lines of a page, then those of its rejections.
   *
   * @throws DataError if more rows have a rejection than `max_rejected_share` allows: the format of
   *   the API has changed
   */
  page({ rows, arrivedAt }: Page): string[] {
    const { planned, report } = this.#options;
    const line = recordLines(planned.name, arrivedAt, this.version);
    const rejections: Rejection[] = [];
    let misfits = 0;
    const lines: string[] = [];
    for (const row of rows) {
      const before = rejections.length;
      const record = this.#shape(row, rejections);
      if (rejections.length > before) misfits += 1;
      if (record === null) continue;
      lines.push(line(record));
      this.onRecord?.(record);
    }
    this.#rows += rows.length;
    this.#misfits += misfits;
    if (rejections.length > 0) this.#checkShare(rejections);
    report.rows += lines.length;
    report.pages += 1;
    return this.#withRejections(lines, rejections, arrivedAt);
  }

  /**
   * Returns the RECORD lines of rows that events of the stream's feed report, then those of their
   * rejections. They do not count for `max_rejected_share`.
   *
   * @param isNews decides whether a record is emitted
   */
  events(
    events: readonly (RowEvent | UnusableEvent)[],
    arrivedAt: number,
    isNews: (record: Row, isDeleted: boolean) => boolean,
  ): string[] {
    const { planned, report } = this.#options;
    const line = recordLines(planned.name, arrivedAt, this.version);
    const rejections: Rejection[] = [];
    const lines: string[] = [];
    for (const event of events) {
      if (event.kind === 'unusable') {
        const { reason } = event;
        const value = jsonText(this.#maskEvent?.(event.event) ?? event.event);
        rejections.push({ field: null, recordKey: null, reason, value });
        continue;
      }
      const isDeleted = event.kind === 'deleted';
      if (isDeleted && this.#deletedColumns.length === 0) continue;
      const record = this.#shape(event.row, rejections);
      if (record === null) continue;
      for (const column of this.#deletedColumns) record[column] = event.deletedAt;
      if (!isNews(record, isDeleted)) continue;
      lines.push(line(record));
      if (isDeleted) report.deleted += 1;
    }
    report.rows += lines.length;
    return this.#withRejections(lines, rejections, arrivedAt);
  }

  /** Logs how many rejections there were in total. */
  end(): void {
    const { report, log, rejected, planned } = this.#options;
    if (report.rejected === 0) return;
    const where = rejected
      ? `see ${rejected.name}`
      : `${REJECTED} is not selected, so only these warnings report them`;
    const what =
      report.rejected === 1
        ? `1 cell or row did not fit its declared form: ${where}`
        : `${report.rejected} cells or rows did not fit their declared type: ${where}`;
    log.warn('VALUE_REJECTED', `${planned.name}: ${what}`, {
      stream: planned.name,
      rejected: report.rejected,
    });
  }

  #checkShare(rejections: readonly Rejection[]): void {
    const { planned, maxRejectedShare } = this.#options;
    if (this.#rows < ROWS_FOR_A_SHARE || this.#misfits <= this.#rows * maxRejectedShare) return;
    const [first] = rejections;
    throw new DataError(
      'TOO_MANY_REJECTED',
      `${planned.name}: ${this.#misfits} of ${this.#rows} rows do not fit their declared type, ` +
        `more than max_rejected_share (${maxRejectedShare}) allows; one of the last: ` +
        `${first === undefined ? '' : describeRejection(first)}. The API's format has changed: ` +
        `compare the catalog`,
    );
  }

  #withRejections(lines: string[], rejections: readonly Rejection[], arrivedAt: number): string[] {
    if (rejections.length === 0) return lines;
    this.#options.report.rejected += rejections.length;
    return [...lines, ...this.#rejectedLines(rejections, arrivedAt)];
  }

  #rejectedLines(rejections: readonly Rejection[], arrivedAt: number): string[] {
    const { planned, rejected, log } = this.#options;
    const line = rejected && recordLines(rejected.name, arrivedAt);
    const lines: string[] = [];
    for (const rejection of rejections) {
      const kind = `${rejection.field ?? ''} ${rejection.reason}`;
      // Without rejected_records, only the warnings keep them, so each has its own.
      if (line === null || !this.#reported.has(kind)) {
        const fate = rejection.field === null ? 'left out' : 'emitted as null';
        const more =
          line === null ? '' : `, and kept in ${REJECTED}; more of this kind are only counted`;
        log.warn(
          'VALUE_REJECTED',
          `${planned.name}: ${describeRejection(rejection)}; ${fate}${more}`,
          { stream: planned.name },
        );
      }
      this.#reported.add(kind);
      if (line === null || this.#shapeRejected === null) continue;
      const record = this.#shapeRejected(rejectedRow(planned.name, rejection, arrivedAt), []);
      if (record !== null) lines.push(line(record));
    }
    return lines;
  }

  #warnUndeclared(field: string): void {
    const { planned, log } = this.#options;
    const fate = planned.selected.has(RESCUED)
      ? `it is kept in ${RESCUED}. For a column of it`
      : 'it is not emitted. To emit it';
    log.warn(
      'FIELD_UNDECLARED',
      `${planned.name}: the API sends a field "${field}" that the catalog does not declare; ` +
        `${fate}, add the property to the stream's schema in the catalog`,
      { stream: planned.name, field },
    );
  }
}

function describeRejection({ field, recordKey, reason }: Rejection): string {
  return `row ${recordKey ?? 'without a key'}${field === null ? '' : `, ${field}`}: ${reason}`;
}
