/** Errors of the file system in plain words. */
import { describe, systemCode } from '../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the file system is read-only',
};

/** The reason why a file cannot be read or written; for rare errors, the message of the system. */
export function describeFileError(error: unknown): string {
  return REASONS[systemCode(error) ?? ''] ?? describe(error);
}
