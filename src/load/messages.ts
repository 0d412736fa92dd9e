/** Reads lines of the Singer format. */
import { isUtf8 } from 'node:buffer';
import { DataError } from '../errors.js';
import { isObject, kindOf, type JsonObject } from '../json.js';
import { parse } from '../system/exact-json.js';

export interface SchemaMessage {
  readonly type: 'SCHEMA';
  readonly stream: string;
  readonly schema: JsonObject;
  readonly keys: readonly string[];
}

export interface RecordMessage {
  readonly type: 'RECORD';
  readonly stream: string;
  readonly record: JsonObject;
  readonly version: number | undefined;
  /** When the tap read the row. */
  readonly extractedAt: string | undefined;
}

export interface StateMessage {
  readonly type: 'STATE';
  readonly value: unknown;
}

export interface VersionMessage {
  readonly type: 'ACTIVATE_VERSION';
  readonly stream: string;
  readonly version: number;
}

/** A message that a target may skip. */
export interface OtherMessage {
  readonly type: 'other';
  readonly name: string;
}

export type Message = SchemaMessage | RecordMessage | StateMessage | VersionMessage | OtherMessage;

/**
 * Reads a line.
 *
 * @throws DataError if it is not a Singer message, or one that cannot be skipped. The error does
 *   not quote the line, which may hold personal data
 */
export function readMessage(line: Buffer): Message {
  const message = isUtf8(line) ? parse(line.toString('utf8')) : undefined;
  if (!isObject(message))
    throw wrong(
      message === undefined
        ? `it is not JSON in UTF-8 (${line.length} bytes)`
        : `it is ${kindOf(message)}, not an object`,
    );
  switch (message['type']) {
    case 'RECORD':
      return {
        type: 'RECORD',
        stream: textIn(message, 'stream'),
        record: objectIn(message, 'record'),
        version: versionIn(message),
        extractedAt: extractedAtIn(message),
      };
    case 'SCHEMA':
      return {
        type: 'SCHEMA',
        stream: textIn(message, 'stream'),
        schema: objectIn(message, 'schema'),
        keys: keysIn(message),
      };
    case 'STATE':
      return { type: 'STATE', value: message['value'] };
    case 'ACTIVATE_VERSION': {
      const version = versionIn(message);
      if (version === undefined) throw wrong('ACTIVATE_VERSION has no version');
      return { type: 'ACTIVATE_VERSION', stream: textIn(message, 'stream'), version };
    }
    case 'BATCH':
      throw wrong('BATCH messages are not supported: configure the tap to send records');
    default:
      return { type: 'other', name: textIn(message, 'type') };
  }
}

function textIn(message: JsonObject, name: string): string {
  const value = message[name];
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(`${name} must be text, and is ${kindOf(value)}`);
}

function objectIn(message: JsonObject, name: string): JsonObject {
  const value = message[name];
  if (isObject(value)) return value;
  throw wrong(`${name} must be an object, and is ${kindOf(value)}`);
}

function keysIn({ key_properties: keys }: JsonObject): readonly string[] {
  if (keys === undefined || keys === null) return [];
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return keys;
  throw wrong('key_properties must be a list of names');
}

function versionIn({ version }: JsonObject): number | undefined {
  if (version === undefined || version === null) return undefined;
  if (typeof version === 'number' && Number.isSafeInteger(version)) return version;
  throw wrong(`version must be an integer, and is ${kindOf(version)}`);
}

/** A time is only information about a row, so one that is not text counts as missing. */
function extractedAtIn({ time_extracted: time }: JsonObject): string | undefined {
  return typeof time === 'string' ? time : undefined;
}

function wrong(why: string): DataError {
  return new DataError('INPUT_WRONG', why);
}
