/** The type of a column that no schema declares, from the values that came. */
import type { PropertySchema } from '../catalog/schema.js';
import { toDateTime } from './timestamp.js';

/** What a value is. `null` fits every type, and `text` fits no other. */
type Kind = 'null' | 'integer' | 'number' | 'boolean' | 'date-time' | 'text';

/** Days without a time, and times without an offset, stay text. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

const DESCRIPTION = 'Found in rows of the API; the package does not declare it';

/** The kinds of a column's values. */
export class Kinds {
  readonly #kinds = new Set<Kind>();

  add(value: unknown): void {
    this.#kinds.add(kindOf(value));
  }

  /** A property that all values fit: their type if they agree, else text. */
  property(): PropertySchema {
    const kinds = [...this.#kinds].filter((kind) => kind !== 'null');
    const [only = 'text', ...others] = kinds;
    if (others.length > 0)
      return propertyOf(kinds.every((kind) => NUMBERS.has(kind)) ? 'number' : 'text');
    return propertyOf(only);
  }
}

const NUMBERS: ReadonlySet<Kind> = new Set<Kind>(['integer', 'number']);

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  // Integers that a number cannot hold exactly are text, too.
  if (Number.isSafeInteger(value)) return 'integer';
  if (Number.isFinite(value)) return Number.isInteger(value) ? 'text' : 'number';
  if (typeof value !== 'string') return 'text';
  if (value.trim() === '') return 'null';
  return TIMESTAMP.test(value) && toDateTime(value) !== null ? 'date-time' : 'text';
}

function propertyOf(kind: Kind): PropertySchema {
  const description = DESCRIPTION;
  switch (kind) {
    case 'integer':
      return {
        type: ['null', 'integer'],
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
        description,
      };
    case 'number':
    case 'boolean':
      return { type: ['null', kind], description };
    case 'date-time':
      return { type: ['null', 'string'], format: 'date-time', description };
    case 'null':
    case 'text':
      break;
  }
  return { type: ['null', 'string'], description };
}
