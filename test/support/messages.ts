/** What a run wrote, read back. */
import { Writable } from 'node:stream';
import { expect } from 'chai';
import type { StreamSchema } from '#src/catalog/schema.js';
import type { State } from '#src/singer/state.js';

export type Row = Readonly<Record<string, unknown>>;

export interface StateMessage {
  readonly type: 'STATE';
  readonly value: State;
}

export interface SchemaMessage {
  readonly type: 'SCHEMA';
  readonly stream: string;
  readonly schema: StreamSchema;
  readonly key_properties: readonly string[];
}

export interface RecordMessage {
  readonly type: 'RECORD';
  readonly stream: string;
  readonly record: Row;
  readonly time_extracted: string;
}

export type Message = StateMessage | SchemaMessage | RecordMessage;

/** A stdout that keeps what it is given. */
export class Sink extends Writable {
  readonly chunks: string[] = [];

  get text(): string {
    return this.chunks.join('');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.chunks.push(chunk.toString());
    done();
  }
}

/** The messages of NDJSON text, which has to end with a whole line. */
export function messagesOf(text: string): Message[] {
  expect(text === '' || text.endsWith('\n'), 'the output ends with a whole line').to.equal(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line): Message => JSON.parse(line));
}

export function recordsOf(messages: readonly Message[], stream: string): Row[] {
  return messages.flatMap((message) =>
    message.type === 'RECORD' && message.stream === stream ? [message.record] : [],
  );
}

export function statesOf(messages: readonly Message[]): State[] {
  return messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []));
}

/** `SCHEMA jobs`, `RECORD jobs`, `STATE`, with repeats of RECORD left out: the form of a run at a glance. */
export function formOf(messages: readonly Message[]): string[] {
  const form = messages.map((message) =>
    message.type === 'STATE' ? 'STATE' : `${message.type} ${message.stream}`,
  );
  return form.filter((line, index) => !line.startsWith('RECORD') || line !== form[index - 1]);
}
