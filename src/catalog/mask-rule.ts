/** The entries of `mask_columns`: what a name in the setting stands for. */
import { isObject } from '../json.js';
import { RESCUED } from '../streams.js';

/** What becomes of a value: nothing is left of it, or its hash. */
export type MaskAction = 'null' | 'hmac';

/** An entry of the setting. */
export interface Rule {
  /** As the setting has it, for messages. */
  readonly name: string;
  /** The stream that it is limited to, or a pattern of it; null for all streams. */
  readonly stream: string | null;
  readonly column: string;
  readonly action: MaskAction;
  /** Matches `stream.column`, or the column if `stream` is null; null for an exact name. */
  readonly pattern: RegExp | null;
  /** Whether it may name a field that no schema declares. */
  readonly isOpen: boolean;
}

/** Reads an entry of the setting. An object in it has the columns of one stream. */
export function parseRule(name: string, value: unknown): Rule[] {
  if (isObject(value))
    return Object.entries(value).flatMap(([column, one]) => parseRule(`${name}.${column}`, one));
  const dot = name.indexOf('.');
  const first = dot < 0 ? null : spelled(name.slice(0, dot));
  const isOpen = first === RESCUED;
  const stream = isOpen ? null : first;
  const column = spelled(name.slice(dot + 1));
  const key = keyOf(stream, column);
  return [
    {
      name,
      stream,
      column,
      action: value === 'hmac' ? 'hmac' : 'null',
      pattern: key.includes('*') ? compilePattern(key) : null,
      isOpen,
    },
  ];
}

/** A name as columns are spelled, as in shape/fields.ts. */
function spelled(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[ -]/g, '_');
}

/** A rule's name in full: `stream.column`, or the column. */
export function keyOf(stream: string | null, column: string): string {
  return stream === null ? column : `${stream}.${column}`;
}

/** Compiles a name with `*`, which stands for any text. */
export function compilePattern(text: string): RegExp {
  const parts = text
    .split('*')
    .map((part) => part.replaceAll(/[^\w]/g, (one) => `\\u{${hex(one)}}`));
  return new RegExp(`^${parts.join('.*')}$`, 'su');
}

function hex(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}

/** How precise a pattern is: one with a stream more than one without, then by its letters. */
export function weight({ stream, column }: Rule): number {
  const letters = keyOf(stream, column).replaceAll('*', '').length;
  return letters + (stream === null ? 0 : 1000);
}
