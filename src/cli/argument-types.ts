/** Parsers of flag values. Each throws InvalidArgumentError with the expected form. */
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Collects the values of a repeated flag. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** A whole number from 1. */
export function positiveNumber(text: string): number {
  if (wholeNumber(text) === 0) throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}

/** A port; 0 selects a free one. */
export function portNumber(text: string): number {
  if (wholeNumber(text) > 65_535)
    throw new InvalidArgumentError('Expected a port, from 0 to 65535.');
  return Number(text);
}

/** A number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
}
