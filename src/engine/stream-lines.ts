/** From the pages of a stream to lines of messages: shaped rows, and what was rejected of them. */
import { DataError } from '../errors.js';
import type { Log } from '../terminal/log.js';
import type { PlannedTable, PlannedStream } from '../catalog/plan.js';
import { rejectedRow } from '../shape/rejected.js';
import type { StreamReport } from '../reports/report.js';
import type { PropertySchema } from '../catalog/schema.js';
import { compileShape, selectedSchema, type Rejection, type Shape } from '../shape/shape.js';
import { REJECTED } from '../streams.js';
import type { Page } from './walk.js';
import { recordLines, schemaLine } from '../singer/writer.js';

export interface LinesOptions {
  readonly planned: PlannedStream;
  readonly rejected: PlannedTable | null;
  readonly maxRejectedShare: number;
  /** Compiles a check for columns with keywords of the user's own. */
  readonly validator: (schema: PropertySchema) => (value: unknown) => boolean;
  readonly log: Log;
  /** Its counts are kept up. */
  readonly report: StreamReport;
}

/** A share means something from this many rows on. */
const ROWS_FOR_A_SHARE = 100;

export class StreamLines {
  readonly #options: LinesOptions;
  readonly #shape: Shape;
  readonly #shapeRejected: Shape | null;
  /** Rows that came, and those of them that something was rejected of. */
  #rows = 0;
  #unfit = 0;
  /** What was rejected so far, by field and reason: each kind is said once. */
  readonly #said = new Set<string>();

  constructor(options: LinesOptions) {
    this.#options = options;
    const { planned, rejected, validator, log } = options;
    const { stream, schema, selected } = planned;
    this.#shape = compileShape({
      stream,
      schema,
      selected,
      validator,
      undeclared: (field) => this.#undeclared(field),
    });
    this.#shapeRejected =
      rejected &&
      compileShape({
        stream: { name: REJECTED, keys: rejected.keys, flatten: {} },
        schema: rejected.schema,
        selected: rejected.selected,
        validator,
        undeclared: (field) =>
          log.warn(
            'FIELD_UNDECLARED',
            `${rejected.name}: the catalog does not declare ${field}; it is not emitted`,
          ),
      });
  }

  /** The SCHEMA line. */
  schema(): string {
    const { name, schema, selected, keys } = this.#options.planned;
    return schemaLine(name, selectedSchema(schema, selected, keys), keys);
  }

  /**
   * The RECORD lines of a page, then those of what was rejected of it.
   *
   * @throws DataError where more of the stream's rows are unfit than `max_rejected_share` allows: the format has changed
   */
  page({ rows, arrivedAt }: Page): string[] {
    const { planned, report } = this.#options;
    const line = recordLines(planned.name, arrivedAt);
    const rejections: Rejection[] = [];
    let unfit = 0;
    const lines: string[] = [];
    for (const row of rows) {
      const before = rejections.length;
      const record = this.#shape(row, rejections);
      if (rejections.length > before) unfit += 1;
      if (record !== null) lines.push(line(record));
    }
    this.#rows += rows.length;
    this.#unfit += unfit;
    if (rejections.length > 0) this.#checkShare(rejections);
    report.rows += lines.length;
    report.rejected += rejections.length;
    report.pages += 1;
    return rejections.length === 0
      ? lines
      : [...lines, ...this.#rejectedLines(rejections, arrivedAt)];
  }

  /** Says what was rejected in all. */
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
    if (this.#rows < ROWS_FOR_A_SHARE || this.#unfit <= this.#rows * maxRejectedShare) return;
    const [first] = rejections;
    throw new DataError(
      'TOO_MANY_REJECTED',
      `${planned.name}: ${this.#unfit} of ${this.#rows} rows do not fit their declared type, more than max_rejected_share ` +
        `(${maxRejectedShare}) allows; one of the last: ${first === undefined ? '' : told(first)}. The API's format has changed: compare the catalog`,
    );
  }

  #rejectedLines(rejections: readonly Rejection[], arrivedAt: number): string[] {
    const { planned, rejected, log } = this.#options;
    const line = rejected && recordLines(rejected.name, arrivedAt);
    const lines: string[] = [];
    for (const rejection of rejections) {
      const kind = `${rejection.field ?? ''} ${rejection.reason}`;
      // If nothing else keeps them, each gets its line.
      if (line === null || !this.#said.has(kind)) {
        const fate = rejection.field === null ? 'left out' : 'emitted as null';
        const more =
          line === null ? '' : `, and kept in ${REJECTED}; more of this kind are only counted`;
        log.warn('VALUE_REJECTED', `${planned.name}: ${told(rejection)}; ${fate}${more}`, {
          stream: planned.name,
        });
      }
      this.#said.add(kind);
      if (line === null || this.#shapeRejected === null) continue;
      const record = this.#shapeRejected(rejectedRow(planned.name, rejection, arrivedAt), []);
      if (record !== null) lines.push(line(record));
    }
    return lines;
  }

  #undeclared(field: string): void {
    const { planned, log } = this.#options;
    log.warn(
      'FIELD_UNDECLARED',
      `${planned.name}: the API sends a field "${field}" that the catalog does not declare; it is not emitted. ` +
        `To emit it, add the property to the stream's schema in the catalog`,
      { stream: planned.name, field },
    );
  }
}

function told({ field, recordKey, reason }: Rejection): string {
  return `row ${recordKey ?? 'without a key'}${field === null ? '' : `, ${field}`}: ${reason}`;
}
