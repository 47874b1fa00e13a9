import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary.ts';

/** A folder of source files for a test, with the directories an index needs beside it. */
export class Workspace {
  readonly root: string;
  readonly indexDir: string;
  readonly cacheDir: string;

  private constructor(base: string) {
    this.root = join(base, 'folder');
    this.indexDir = join(base, 'index');
    this.cacheDir = join(base, 'cache');
  }

  static async create(files: Readonly<Record<string, string>> = {}): Promise<Workspace> {
    const workspace = new Workspace(await temporaryDirectory('workspace'));
    await mkdir(workspace.root, { recursive: true });
    for (const [path, text] of Object.entries(files)) await workspace.write(path, text);
    return workspace;
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    const absolute = join(this.root, path);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, content);
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.root, path), { recursive: true });
  }
}
