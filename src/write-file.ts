/** Writing files so that nothing half written is left behind. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { Writable } from 'node:stream';

/**
 * Replaces a file by way of a new one beside it, so that a reader sees the old text or the new, and a crash leaves one of both. A
 * symbolic link stays one. What is no regular file, as a pipe or `/dev/stderr`, is written to as it is.
 *
 * @throws the file system's error; what was begun is taken away
 */
export function replaceFile(file: string, text: string, mode = 0o644): void {
  const present = statSync(file, { throwIfNoEntry: false });
  if (present && !present.isFile()) {
    writeFileSync(file, text);
    return;
  }
  const target = present ? realpathSync(file) : file;
  const begun = `${target}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(begun, 'w', mode);
    try {
      writeAll(descriptor, Buffer.from(text));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(begun, target);
  } catch (error) {
    rmSync(begun, { force: true });
    throw error;
  }
}

/**
 * An open file as a stream. Node's own stdout takes a write that a full disk cut short for a whole one; here it is an error, and the
 * file is cut back to what was whole.
 *
 * @param descriptor of a regular file
 */
export function fileOutput(descriptor: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let fault: Error | null = null;
      try {
        writeWhole(descriptor, chunk);
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
      }
      done(fault);
    },
  });
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  const whole = fstatSync(descriptor).size;
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    ftruncateSync(descriptor, whole);
    throw error;
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
