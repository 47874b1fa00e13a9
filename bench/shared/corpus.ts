import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cacheDirectory = join(import.meta.dirname, '../../.cache/bench');

/** Debian's package of the Go sources: the same bytes for everyone who names this version. */
const goPackage = 'golang-1.19-src';

/**
 * The sources of Go's standard library and tools as Debian ships them: 8,176 files of 99 MB, 5,557 of them Go (63 MB).
 * Fetched once by apt-get; on a machine without it, name a folder of your own instead.
 */
export async function goSources(): Promise<{ readonly root: string; readonly name: string }> {
  const target = join(cacheDirectory, goPackage);
  const root = join(target, 'usr/share/go-1.19/src');
  if (!existsSync(root)) {
    const download = `${target}.download`;
    await rm(download, { recursive: true, force: true });
    await mkdir(download, { recursive: true });
    try {
      await run('apt-get', ['download', goPackage], { cwd: download });
    } catch (error) {
      throw new Error(`${goPackage} cannot be downloaded by apt-get. Name a folder to measure instead.`, {
        cause: error,
      });
    }
    const archive = (await readdir(download)).find((name) => name.endsWith('.deb')) ?? '';
    await run('dpkg', ['-x', join(download, archive), join(download, 'unpacked')]);
    await rm(target, { recursive: true, force: true });
    await rename(join(download, 'unpacked'), target);
    await rm(download, { recursive: true });
  }
  const { stdout } = await run('apt-cache', ['show', goPackage]).catch(() => ({ stdout: '' }));
  const version = /^Version: (.*)$/m.exec(stdout)?.[1] ?? '';
  return { root, name: `${goPackage} ${version}`.trim() };
}
