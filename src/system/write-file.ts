/**
 * Replaces files atomically, and writes to an open file in whole chunks. docs/decisions.md says why
 * no library is used for it.
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

/** The limit of Linux. */
const MAX_LINKS = 40;

/**
 * Resolves a symbolic link, also if its target does not exist yet (a volume in its first run).
 *
 * @returns `file` itself if it is not a link
 * @throws ELOOP if the links form a circle
 */
export function followLinks(file: string): string {
  let path = file;
  for (let links = 0; links < MAX_LINKS; links += 1) {
    const next = readLink(path);
    if (next === null) return path;
    // A relative link is resolved from the real folder of the link.
    path = resolve(realpathSync(dirname(path)), next);
  }
  throw Object.assign(new Error('ELOOP: too many symbolic links'), { code: 'ELOOP' });
}

/** The target of a link as it is stored; null if the path is not a link. */
function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

/**
 * Replaces a file atomically: the text is written to a temporary file in the same folder, which is
 * then renamed. A reader sees the old text or the new one, also after a crash. Symbolic links are
 * followed and kept. A pipe or a device, such as `/dev/stderr`, is written to directly.
 *
 * @throws the error of the file system; the temporary file is removed first
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
 * Checks that `replaceFile` can work, without changing the file.
 *
 * @throws the error of the file system
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

/**
 * Creates a temporary file in the folder of `target`. Its name cannot be guessed, and an existing
 * file or link is never opened (`wx`).
 */
function createBeside(target: string, mode: number): { path: string; descriptor: number } {
  // The name of the target with a suffix could be longer than the file system allows.
  const path = join(dirname(target), `.${randomUUID()}.tmp`);
  return { path, descriptor: openSync(path, 'wx', mode) };
}

/**
 * Creates a stream that writes to an open file. If the disk is full, the stream fails, and the file
 * is truncated to the last whole chunk. Node's own stdout treats a partial write as complete.
 *
 * @param descriptor of a regular file
 */
export function fileOutput(descriptor: number): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      let fault: Error | null = null;
      try {
        writeChunk(descriptor, chunk);
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
      }
      done(fault);
    },
  });
}

/**
 * Whether a descriptor was closed when the process started (`>&-`). Node then opens /dev/null in
 * its place for reading and writing, while `> /dev/null` in a shell opens it for writing only.
 * Python's `subprocess.DEVNULL` and Node's `stdio: 'ignore'` open it as Node does: flags, position,
 * mount and inode are the same, so such a descriptor counts as closed.
 */
export function isClosed(descriptor: number): boolean {
  const nullDevice = statSync('/dev/null', { throwIfNoEntry: false });
  if (!nullDevice?.isCharacterDevice()) return false;
  try {
    if (fstatSync(descriptor).rdev !== nullDevice.rdev) return false;
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

function writeChunk(descriptor: number, bytes: Buffer): void {
  const sizeBefore = fstatSync(descriptor).size;
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    ftruncateSync(descriptor, sizeBefore);
    throw error;
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
}
