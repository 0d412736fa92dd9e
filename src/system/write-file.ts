/**
 * Writing files so that nothing half written is left behind. write-file-atomic 7 and atomically are not
 * used: both open a guessable name without `wx`, and replace a link whose end does not exist yet.
 */
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Writable } from 'node:stream';

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * The path that a symbolic link leads to, also if nothing exists there yet (a volume's first run). A path
 * that is not a link is returned as it is.
 *
 * @throws ELOOP if links lead in a circle
 */
export function followLinks(file: string): string {
  let path = file;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const next = linkOf(path);
    if (next === null) return path;
    // A relative link counts from the folder that the link is really in.
    path = resolve(realpathSync(dirname(path)), next);
  }
  throw Object.assign(new Error('ELOOP: too many symbolic links'), { code: 'ELOOP' });
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/**
 * Replaces a file by a new one that is first written beside it: a reader sees the old text or the new one,
 * and so does whoever comes after a crash. Symbolic links are followed and stay. What is not a regular
 * file, such as a pipe or `/dev/stderr`, is written to directly.
 *
 * @throws the file system's error; the new file is removed then
 */
export function replaceFile(file: string, text: string, mode = 0o644): void {
  const present = statSync(file, { throwIfNoEntry: false });
  if (present && !present.isFile()) {
    writeFileSync(file, text);
    return;
  }
  const target = followLinks(file);
  const { path, descriptor } = createBeside(target, mode);
  try {
    try {
      writeAll(descriptor, Buffer.from(text));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(path, target);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/**
 * Checks that `replaceFile` would work, without changing the file.
 *
 * @throws the file system's error
 */
export function checkReplaceable(file: string): void {
  const present = statSync(file, { throwIfNoEntry: false });
  if (present?.isDirectory())
    throw Object.assign(new Error('EISDIR: it is a folder'), { code: 'EISDIR' });
  if (present && !present.isFile()) return accessSync(file, constants.W_OK);
  const { path, descriptor } = createBeside(followLinks(file), 0o600);
  closeSync(descriptor);
  rmSync(path);
}

/** A new file in the folder of another. Nobody can guess its name, and an existing file or link is never opened. */
function createBeside(target: string, mode: number): { path: string; descriptor: number } {
  // Not the target's own name with a suffix: that could be longer than the file system allows.
  const path = join(dirname(target), `.${randomUUID()}.tmp`);
  return { path, descriptor: openSync(path, 'wx', mode) };
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

/**
 * Whether a descriptor was closed when the process started (`>&-`). Node then opens /dev/null in its place,
 * for reading and writing; `> /dev/null` in a shell opens it for writing only.
 */
export function isClosed(descriptor: number): boolean {
  const nothing = statSync('/dev/null', { throwIfNoEntry: false });
  if (!nothing?.isCharacterDevice()) return false;
  try {
    if (fstatSync(descriptor).rdev !== nothing.rdev) return false;
  } catch {
    return true;
  }
  try {
    readSync(descriptor, Buffer.alloc(1));
    return true;
  } catch {
    return false;
  }
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
