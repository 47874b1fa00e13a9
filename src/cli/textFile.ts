import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../protocol/errors.ts';

/**
 * Readers see the old or the new content, never a part. Throws AppError `DiskFull` or `StorageFailed`.
 *
 * @param mode Permissions of the file, less the umask.
 */
export async function writeTextFile(path: string, text: string | Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw toWriteError(error, path);
  }
}

/** What a failed write to `path` is to the user. */
export function toWriteError(error: unknown, path: string): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new AppError('DiskFull', `The disk that holds ${dirname(path)} is full. Free some space and try again.`, {
        cause: error,
      })
    : new AppError('StorageFailed', `${path} cannot be written: ${message}`, { cause: error });
}
