import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { kill, startScript } from '../../support/children.ts';
import { savedIndex, savedRows } from '../../support/savedSnapshot.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { openIndex } from '../../support/vectorIndexes.ts';

const lockingProcess = new URL('../../support/lockingProcess.ts', import.meta.url);

describe('NodeStorage', () => {
  const storage = new NodeStorage();
  let directory: string;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });

  const path = (name: string): string => storage.join(directory, name);

  /** Puts the parts one after the other in place of a file. */
  async function write(name: string, ...parts: string[]): Promise<void> {
    await storage.replace(path(name), async (file) => {
      let position = 0;
      for (const part of parts) {
        await file.write(Buffer.from(part), position);
        position += part.length;
      }
    });
  }

  describe('replace', () => {
    it('puts what is written in place of the old content', async () => {
      await writeFile(path('file'), 'the old content, which was longer');
      await write('file', 'new ', '', 'content');
      assert.equal(await readFile(path('file'), 'utf8'), 'new content');
      assert.deepEqual(await readdir(directory), ['file']);
    });

    it('takes parts in any order, the last one wins, and leaves zeros between them', async () => {
      await storage.replace(path('file'), async (file) => {
        await file.write(Buffer.from('end'), 8);
        await file.write(Buffer.from('begone'), 0);
        await file.write(Buffer.from('gin'), 2);
      });
      assert.equal(await readFile(path('file'), 'utf8'), 'begine\0\0end');
    });

    it('shows the old content until the new one is whole', async () => {
      await write('file', 'old');
      await storage.replace(path('file'), async (file) => {
        await file.write(Buffer.from('new'), 0);
        assert.equal(await readFile(path('file'), 'utf8'), 'old');
      });
      assert.equal(await readFile(path('file'), 'utf8'), 'new');
    });

    it('makes an empty file when nothing is written', async () => {
      await write('file');
      assert.equal((await stat(path('file'))).size, 0);
    });

    it('leaves the old content and nothing else when it fails', async () => {
      await mkdir(path('folder/inner'), { recursive: true });
      await assert.rejects(write('folder', 'x'), AppError);
      assert.deepEqual(await readdir(directory), ['folder']);
    });

    it('hands on what its caller failed with, and leaves the old content', async () => {
      await write('file', 'old');
      const failure = new AppError('Internal', 'half way');
      const failing = storage.replace(path('file'), async (file) => {
        await file.write(Buffer.from('new'), 0);
        throw failure;
      });
      await assert.rejects(failing, failure);
      assert.equal(await readFile(path('file'), 'utf8'), 'old');
      assert.deepEqual(await readdir(directory), ['file']);
    });

    it('keeps writes to one path at once apart', async () => {
      const contents = Array.from({ length: 8 }, (_, i) => `content ${i}`.repeat(1000));
      await Promise.all(contents.map((content) => write('file', content)));
      assert(contents.includes(await readFile(path('file'), 'utf8')));
      assert.deepEqual(await readdir(directory), ['file']);
    });

    it('leaves a whole image, the old or the new, wherever the process is killed', async () => {
      const kills = 8;
      for (let round = 0; round < kills; round++) {
        const { child } = await startScript(new URL('../../support/savingProcess.ts', import.meta.url), path('image'));
        await new Promise((resolve) => setTimeout(resolve, (round * 35) / kills));
        await kill(child);
        const index = await openIndex({ ...savedIndex, imagePath: path('image') });
        assert.equal(index.count, savedRows);
        const first = await index.get(1);
        for (const id of await index.ids()) assert.deepEqual(await index.get(id), first);
        await index.dispose();
      }
      await write('image.0');
      assert.deepEqual(await readdir(directory), ['image.0'], 'what killed processes left is removed');
    });
  });

  describe('open', () => {
    it('reads any part, and less where the file ends', async () => {
      await write('file', '0123456789');
      const file = await storage.open(path('file'));
      assert(file);
      assert.equal(file.bytes, 10);
      const into = new Uint8Array(4);
      assert.equal(await file.read(into, 3), 4);
      assert.equal(Buffer.from(into).toString(), '3456');
      assert.equal(await file.read(into, 8), 2);
      assert.equal(Buffer.from(into).toString(), '8956');
      assert.equal(await file.read(into, 10), 0);
      assert.equal(await file.read(into, 1000), 0);
      await file.close();
    });

    it('says when there is no file', async () => {
      assert.equal(await storage.open(path('file')), undefined);
      assert.equal(await storage.open(path('no/such/folder/file')), undefined);
    });

    it('fails with the path where reading is not possible', async () => {
      const read = async (): Promise<void> => {
        const file = await storage.open(directory);
        try {
          await file?.read(new Uint8Array(4), 0);
        } finally {
          await file?.close();
        }
      };
      await assert.rejects(
        read(),
        (error: unknown) => error instanceof AppError && error.data.path === directory && error.cause instanceof Error,
      );
    });
  });

  describe('setAside', () => {
    const suffixes = ['', '-wal', '-shm'];

    async function damage(content: string): Promise<void> {
      for (const suffix of suffixes) await writeFile(path(`index.db${suffix}`), content + suffix);
      await storage.setAside(path('index.db'));
    }

    it('moves the database and its companions to one new name', async () => {
      await damage('one');
      const names = (await readdir(directory)).sort();
      assert.equal(names.length, 3);
      const [name] = names as [string];
      assert.match(name, /^index\.db\.damaged-\d+$/);
      for (const suffix of suffixes) assert.equal(await readFile(path(name + suffix), 'utf8'), `one${suffix}`);
    });

    it('keeps the newest two of each database', async () => {
      await writeFile(path('other.db.damaged-1'), '');
      for (const content of ['one', 'two', 'three', 'four']) await damage(content);
      const names = (await readdir(directory)).sort();
      assert.equal(names.length, 7);
      const contents = await Promise.all(names.map((name) => readFile(path(name), 'utf8')));
      assert.deepEqual(contents, ['three', 'three-shm', 'three-wal', 'four', 'four-shm', 'four-wal', '']);
    });

    it('does nothing when there is no database', async () => {
      await storage.setAside(path('index.db'));
      await storage.setAside(path('no/such/folder/index.db'));
      assert.deepEqual(await readdir(directory), []);
    });
  });

  it('sizes, lists and removes files, missing ones included', async () => {
    await storage.ensureDirectory(path('a/b'));
    await storage.ensureDirectory(path('a/b'));
    const file = path('a/b/file');
    assert.equal(await storage.size(file), 0);
    await storage.remove(file);
    await write('a/b/file', '12345');
    assert.equal(await storage.size(file), 5);
    assert.deepEqual(await storage.list(path('a/b')), ['file']);
    await storage.remove(file);
    assert.equal(await storage.size(file), 0);
    assert.deepEqual(await storage.list(path('a/b')), []);
    assert.deepEqual(await storage.list(path('no/such/folder')), []);
  });

  if (process.platform !== 'win32') {
    it('lets no other user read what it creates', async () => {
      await storage.ensureDirectory(path('private'));
      await write('private/file', 'x');
      assert.equal((await stat(path('private'))).mode & 0o077, 0);
      assert.equal((await stat(path('private/file'))).mode & 0o077, 0);
    });
  }

  describe('acquireWriter', () => {
    it('gives the place to one at a time, per directory', async () => {
      const first = await storage.acquireWriter(path('a'));
      assert(first);
      assert.equal(await storage.acquireWriter(path('a')), undefined);
      const other = await storage.acquireWriter(path('b'));
      assert(other);
      first.release();
      first.release();
      const second = await storage.acquireWriter(path('a'));
      assert(second);
      assert.equal(await storage.acquireWriter(path('a')), undefined);
      second.release();
      other.release();
    });

    it('keeps other processes out until the one that has it is gone', async () => {
      const { child, said } = await startScript(lockingProcess, directory);
      assert.equal(said, 'taken');
      assert.equal(await storage.acquireWriter(directory), undefined);
      const rival = await startScript(lockingProcess, directory);
      assert.equal(rival.said, 'refused');
      await kill(rival.child);
      assert.equal(await storage.acquireWriter(directory), undefined);
      await kill(child);
      const lock = await storage.acquireWriter(directory);
      assert(lock);
      lock.release();
    });

    it('keeps other threads of its own process out until the one that has it is gone', async () => {
      const start = async (): Promise<{ worker: Worker; said: string }> => {
        const worker = new Worker(lockingProcess, {
          workerData: directory,
        });
        worker.unref();
        const [said] = (await once(worker, 'message')) as [string];
        return { worker, said };
      };
      const holder = await start();
      const rival = await start();
      assert.deepEqual([holder.said, rival.said], ['taken', 'refused']);
      await rival.worker.terminate();
      assert.equal(await storage.acquireWriter(directory), undefined);
      await holder.worker.terminate();
      const lock = await storage.acquireWriter(directory);
      assert(lock);
      lock.release();
    });

    it('works over a lock file that something else has written', async () => {
      await writeFile(join(directory, 'writer.lock'), 'not a database at all, but long enough to be one'.repeat(200));
      const lock = await storage.acquireWriter(directory);
      assert(lock);
      assert.equal(await storage.acquireWriter(directory), undefined);
      lock.release();
    });
  });
});
