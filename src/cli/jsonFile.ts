import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../protocol/errors.ts';

/** Readers see the old or the new content, never a part. Throws AppError `DiskFull` or `StorageFailed`. */
export async function writeJsonFile(directory: string, fileName: string, value: unknown): Promise<void> {
  const path = join(directory, fileName);
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify(value, null, 2)}\n`;
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT'
      ? new AppError('DiskFull', `The disk that holds ${directory} is full. Free some space and try again.`, {
          cause: error,
        })
      : new AppError('StorageFailed', `${path} cannot be written: ${message}`, { cause: error });
  }
}
