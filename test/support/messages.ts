/** What a run wrote, read back. */
import { Writable } from 'node:stream';
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
  readonly version?: number;
  readonly time_extracted: string;
}

export interface ActivateVersionMessage {
  readonly type: 'ACTIVATE_VERSION';
  readonly stream: string;
  readonly version: number;
}

export type Message = StateMessage | SchemaMessage | RecordMessage | ActivateVersionMessage;

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

/**
 * Reads Singer messages, one a line. Throws if the text ends in the middle of a line, or if a line
 * is not a message that this tap writes.
 */
export function messagesOf(text: string): Message[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the text ends in the middle of a line');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const message: Message = JSON.parse(line);
      if (!['SCHEMA', 'RECORD', 'STATE', 'ACTIVATE_VERSION'].includes(message.type))
        throw new Error(`not a message of this tap: ${line}`);
      return message;
    });
}

/** The text without what follows its last line break, as a reader sees output that was cut off. */
export function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

/** How many records each stream has. */
export function countsOf(messages: readonly Message[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const message of messages) {
    if (message.type === 'RECORD') counts[message.stream] = (counts[message.stream] ?? 0) + 1;
  }
  return counts;
}

/** The value of the last STATE. Throws if that is not the last message. */
export function lastState(messages: readonly Message[]): State {
  const last = messages.at(-1);
  if (last?.type !== 'STATE') throw new Error('the last message is not a STATE');
  return last.value;
}

export function recordsOf(messages: readonly Message[], stream: string): Row[] {
  return messages.flatMap((message) =>
    message.type === 'RECORD' && message.stream === stream ? [message.record] : [],
  );
}

export function statesOf(messages: readonly Message[]): State[] {
  return messages.flatMap((message) => (message.type === 'STATE' ? [message.value] : []));
}

/** The form of a run: `SCHEMA jobs`, `RECORD jobs`, `STATE`, without repeats of RECORD. */
export function formOf(messages: readonly Message[]): string[] {
  const form = messages.map((message) =>
    message.type === 'STATE' ? 'STATE' : `${message.type} ${message.stream}`,
  );
  return form.filter((line, index) => !line.startsWith('RECORD') || line !== form[index - 1]);
}
