import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from './jsonFile.ts';
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

/** Throws as {@link writeJsonFile} does. */
export async function writeRemembered(indexDir: string, remembered: Remembered): Promise<void> {
  await writeJsonFile(indexDir, fileName, { version: formatVersion, ...remembered });
}

/**
 * The folder counts as never indexed from now on. The directory itself stays: its lock file is what keeps two writers
 * apart, and one that is removed could be held by a process while another makes a new one.
 */
export async function forget(indexDir: string): Promise<void> {
  await rm(join(indexDir, fileName), { force: true });
}
