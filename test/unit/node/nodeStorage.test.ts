import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ExactIndex } from '../../../src/core/vector/exactIndex.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { kill, startScript } from '../../support/children.ts';
import { savedOptions, savedRows } from '../../support/savedSnapshot.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const lockingProcess = new URL('../../support/lockingProcess.ts', import.meta.url);

describe('NodeStorage', () => {
  const storage = new NodeStorage();
  let directory: string;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });

  const path = (name: string): string => storage.join(directory, name);

  describe('writeAtomic', () => {
    it('puts the parts one after the other in place of the old content', async () => {
      await writeFile(path('file'), 'the old content, which was longer');
      await storage.writeAtomic(path('file'), [Buffer.from('new '), new Uint8Array(0), Buffer.from('content')]);
      assert.equal(await readFile(path('file'), 'utf8'), 'new content');
      assert.deepEqual(await readdir(directory), ['file']);
    });

    it('leaves the old content and nothing else when it fails', async () => {
      await mkdir(path('folder/inner'), { recursive: true });
      await assert.rejects(storage.writeAtomic(path('folder'), [Buffer.from('x')]), AppError);
      assert.deepEqual(await readdir(directory), ['folder']);
    });

    it('keeps writes to one path at once apart', async () => {
      const contents = Array.from({ length: 8 }, (_, i) => `content ${i}`.repeat(1000));
      await Promise.all(contents.map((content) => storage.writeAtomic(path('file'), [Buffer.from(content)])));
      assert(contents.includes(await readFile(path('file'), 'utf8')));
      assert.deepEqual(await readdir(directory), ['file']);
    });

    it('leaves a whole snapshot, the old or the new, wherever the process is killed', async () => {
      const kills = 8;
      for (let round = 0; round < kills; round++) {
        const { child } = await startScript(
          new URL('../../support/savingProcess.ts', import.meta.url),
          path('snapshot'),
        );
        await new Promise((resolve) => setTimeout(resolve, (round * 35) / kills));
        await kill(child);
        const index = new ExactIndex(savedOptions);
        index.restore((await storage.read(path('snapshot')))!);
        assert.equal(index.stats().count, savedRows);
        const first = index.get(1);
        for (const id of index.ids()) assert.deepEqual(index.get(id), first);
      }
      await storage.writeAtomic(path('snapshot'), []);
      assert.deepEqual(await readdir(directory), ['snapshot'], 'what killed processes left is removed');
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

  it('reads, sizes and removes files, missing ones included', async () => {
    await storage.ensureDirectory(path('a/b'));
    await storage.ensureDirectory(path('a/b'));
    const file = path('a/b/file');
    assert.equal(await storage.read(file), undefined);
    assert.equal(await storage.size(file), 0);
    await storage.remove(file);
    await storage.writeAtomic(file, [Buffer.from('12345')]);
    assert.deepEqual(Buffer.from((await storage.read(file))!).toString(), '12345');
    assert.equal(await storage.size(file), 5);
    await storage.remove(file);
    assert.equal(await storage.size(file), 0);
  });

  it('fails with the path where reading is not possible', async () => {
    await assert.rejects(
      storage.read(directory),
      (error: unknown) => error instanceof AppError && error.data.path === directory && error.cause instanceof Error,
    );
  });

  if (process.platform !== 'win32') {
    it('lets no other user read what it creates', async () => {
      await storage.ensureDirectory(path('private'));
      await storage.writeAtomic(path('private/file'), [Buffer.from('x')]);
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
