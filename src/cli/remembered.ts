import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../protocol/errors.ts';
import { pickIndexOptions, type IndexOptions } from './options.ts';

/** Beside the engine's files in the index directory. Its presence says that the folder was indexed from here. */
const fileName = 'codeweaver.json';
const formatVersion = 1;

export interface Remembered {
  readonly root: string;
  readonly options: IndexOptions;
}

/**
 * What was said when the folder was last indexed; undefined when it never was. A damaged file counts as `{}`: the index
 * beside it is whole, and the next `index` says the options again.
 */
export async function readRemembered(indexDir: string): Promise<Remembered | undefined> {
  let text: string;
  try {
    text = await readFile(join(indexDir, fileName), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const empty: Remembered = { root: '', options: {} };
  try {
    const stored = JSON.parse(text) as { version?: number; root?: string; options?: IndexOptions } | null;
    if (stored?.version !== formatVersion || typeof stored.options !== 'object') return empty;
    return { root: stored.root ?? '', options: pickIndexOptions(stored.options) };
  } catch {
    return empty;
  }
}

/** Readers see the old or the new content, never a part. Throws AppError `DiskFull` or `StorageFailed`. */
export async function writeRemembered(indexDir: string, remembered: Remembered): Promise<void> {
  const path = join(indexDir, fileName);
  const temporary = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(indexDir, { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify({ version: formatVersion, ...remembered }, null, 2)}\n`;
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOSPC' || code === 'EDQUOT'
      ? new AppError('DiskFull', `The disk that holds ${indexDir} is full. Free some space and try again.`, {
          cause: error,
        })
      : new AppError('StorageFailed', `${path} cannot be written: ${message}`, { cause: error });
  }
}

/**
 * The folder counts as never indexed from now on. The directory itself stays: its lock file is what keeps two writers
 * apart, and one that is removed could be held by a process while another makes a new one.
 */
export async function forget(indexDir: string): Promise<void> {
  await rm(join(indexDir, fileName), { force: true });
}
