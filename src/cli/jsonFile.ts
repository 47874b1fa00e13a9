import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonText } from './jsonText.ts';
import { toWriteError, writeTextFile } from './textFile.ts';

/** Readers see the old or the new content, never a part. Throws AppError `DiskFull` or `StorageFailed`. */
export async function writeJsonFile(directory: string, fileName: string, value: unknown): Promise<void> {
  const path = join(directory, fileName);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toWriteError(error, path);
  }
  await writeTextFile(path, `${jsonText(value, 2)}\n`, 0o600);
}
