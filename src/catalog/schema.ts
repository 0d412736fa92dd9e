/** The JSON Schema of a stream, limited to what Draft 4 and Draft 7 have in common. */

/** The schema of one column. An edited catalog may have more keywords. */
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
