/** The JSON Schema of a stream, as far as a catalog holds it: the common ground of Draft 4 and Draft 7. */

/** The schema of one column. A catalog that was edited by hand may hold more keywords than these. */
export interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly [keyword: string]: unknown;
}

/** The schema of a stream's rows. */
export interface StreamSchema {
  readonly type: string | readonly string[];
  readonly properties: Readonly<Record<string, PropertySchema>>;
  readonly [keyword: string]: unknown;
}
