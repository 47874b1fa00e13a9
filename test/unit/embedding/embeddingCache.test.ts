import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddingCache } from '../../../src/core/embedding/embeddingCache.ts';
import type { Clock, Storage } from '../../../src/core/ports.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { FakeClock } from '../../support/fakeClock.ts';
import { createScaledClock } from '../../support/scaledClock.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const megabyte = 1_048_576;
const hourMs = 3_600_000;

function vector(seed: number, dimensions = 256): Float32Array {
  return Float32Array.from({ length: dimensions }, (_, index) => Math.sin(seed * 1_000 + index));
}

describe('EmbeddingCache', () => {
  let directory: string;
  let clock: FakeClock;
  let cache: EmbeddingCache;
  let log: LogRecord[];
  const storage = new NodeStorage();

  beforeEach(async () => {
    directory = await temporaryDirectory('cache');
    clock = new FakeClock({ turns: 1 });
    log = [];
    cache = await openCache();
  });

  afterEach(() => {
    cache.close();
  });

  async function openCache(
    maxBytes = 64 * megabyte,
    over: Storage = storage,
    time: Clock = clock,
  ): Promise<EmbeddingCache> {
    const logger = { log: (record: LogRecord) => void log.push(record) };
    return await EmbeddingCache.open(over, directory, { hasher: nodeHasher, clock: time, logger, maxBytes });
  }

  const keyOf = (name: string | number): Uint8Array => cache.key('space', 'document', String(name));

  function put(from: number, to: number, dimensions?: number): void {
    const entries = Array.from({ length: to - from }, (_, index) => ({
      key: keyOf(from + index),
      vector: vector(from + index, dimensions),
    }));
    for (let at = 0; at < entries.length; at += 500) cache.putMany(entries.slice(at, at + 500));
  }

  function present(from: number, to: number): number {
    const keys = Array.from({ length: to - from }, (_, index) => keyOf(from + index));
    return cache.getMany(keys).filter((found) => found !== undefined).length;
  }

  async function databaseFile(): Promise<string> {
    const name = (await readdir(directory)).find((file) => file.endsWith('.db'));
    assert(name);
    return join(directory, name);
  }

  it('gives back what was put, in the order of the keys, after closing and opening again', async () => {
    cache.putMany([
      { key: keyOf('a'), vector: vector(1) },
      { key: keyOf('b'), vector: vector(2, 1_536) },
    ]);
    const expected = [vector(2, 1_536), undefined, vector(1), vector(1)];
    const keys = [keyOf('b'), keyOf('missing'), keyOf('a'), keyOf('a')];
    assert.deepEqual(cache.getMany(keys), expected);
    cache.close();
    cache = await openCache();
    assert.deepEqual(cache.getMany(keys), expected);
  });

  it('replaces an entry that is put again', () => {
    cache.putMany([{ key: keyOf('a'), vector: vector(1) }]);
    cache.putMany([{ key: keyOf('a'), vector: vector(2) }]);
    assert.deepEqual(cache.getMany([keyOf('a')]), [vector(2)]);
    assert.equal(cache.stats().entries, 1);
  });

  it('has a key of 32 bytes that tells spaces, input types and texts apart', () => {
    const keys = [
      cache.key('space', 'document', 'text'),
      cache.key('space', 'query', 'text'),
      cache.key('other', 'document', 'text'),
      cache.key('space', 'document', 'text '),
      cache.key('spac', 'document', 'e\0document\0text'),
    ].map((key) => Buffer.from(key).toString('hex'));
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(keys[0]?.length, 64);
    assert.equal(Buffer.from(cache.key('space', 'document', 'text')).toString('hex'), keys[0]);
  });

  it('ignores and deletes an entry of the wrong length', async () => {
    put(0, 3);
    const database = storage.openDatabase(await databaseFile());
    database.exec("UPDATE vectors SET vector = x'0011223344' WHERE id = 1");
    database.exec("UPDATE vectors SET vector = x'00112233' WHERE id = 2");
    database.close();
    assert.deepEqual(cache.getMany([keyOf(0), keyOf(1), keyOf(2)]), [undefined, undefined, vector(2)]);
    assert.equal(cache.stats().entries, 1);
  });

  it('stores all of a call or nothing', async () => {
    const broken = { key: keyOf('bad'), vector: undefined as unknown as Float32Array };
    assert.throws(() => cache.putMany([{ key: keyOf('good'), vector: vector(1) }, broken]));
    assert.equal(cache.stats().entries, 0);
    assert.deepEqual(cache.getMany([keyOf('good')]), [undefined]);
  });

  it('is empty for everybody after clear, and gives the disk back', async () => {
    const other = await openCache();
    put(0, 500);
    const before = cache.stats().bytes;
    cache.clear();
    assert.deepEqual(other.getMany([keyOf(1)]), [undefined]);
    assert.equal(other.stats().entries, 0);
    assert(cache.stats().bytes < before / 10);
    other.close();
    cache.close();
    assert((await stat(await databaseFile())).size < before / 4);
  });

  describe('over its budget', () => {
    beforeEach(async () => {
      cache.close();
      cache = await openCache(2 * megabyte);
    });

    it('loses the least recently used first, down to just below the budget', async () => {
      put(0, 800);
      await clock.advance(2 * hourMs);
      assert.equal(present(0, 100), 100);
      put(800, 1_500);
      await clock.advance(2 * hourMs);
      put(1_500, 1_600);
      cache.trim();
      const { bytes } = cache.stats();
      assert(bytes <= 2 * megabyte && bytes > 1.5 * megabyte, `${bytes} bytes`);
      assert.equal(present(1_500, 1_600), 100);
      assert.equal(present(0, 100), 100, 'used later than 100 to 800');
      assert(present(100, 800) < 700);
    });

    it('keeps what was used in the last hour, up to twice the budget', async () => {
      put(0, 2_000);
      cache.trim();
      assert.equal(cache.stats().entries, 2_000);
      put(2_000, 5_000);
      cache.trim();
      assert(cache.stats().bytes <= 4 * megabyte);
      assert.equal(present(4_900, 5_000), 100);
    });

    it('trims as it is filled, without being asked', async () => {
      for (let round = 0; round < 10; round++) {
        put(round * 300, round * 300 + 300);
        await clock.advance(2 * hourMs);
      }
      assert(cache.stats().bytes <= 2.5 * megabyte);
    });

    it('gives the disk back when the budget was lowered', async () => {
      put(0, 1_500);
      await clock.advance(2 * hourMs);
      cache.close();
      const before = (await stat(await databaseFile())).size;
      cache = await openCache(megabyte / 2);
      cache.trim();
      cache.close();
      assert((await stat(await databaseFile())).size < before / 2);
    });

    it('reads that do not change the order of use write nothing', async () => {
      put(0, 100);
      const file = `${await databaseFile()}-wal`;
      const before = await stat(file);
      for (let round = 0; round < 20; round++) present(0, 100);
      assert.equal((await stat(file)).mtimeMs, before.mtimeMs);
    });
  });

  describe('damaged', () => {
    /** Overwrites the file from that share of it on. */
    async function damage(from: number): Promise<void> {
      put(0, 2_000);
      cache.close();
      const path = await databaseFile();
      const pages = Math.floor((await stat(path)).size / 4_096);
      const file = await open(path, 'r+');
      for (let page = Math.floor(pages * from); page < pages; page++) {
        await file.write(Buffer.alloc(4_096, 0xa5), 0, 4_096, page * 4_096);
      }
      await file.close();
    }

    const setAside = async (): Promise<number> =>
      (await readdir(directory)).filter((name) => /\.damaged-\d+$/u.test(name)).length;

    it('from the start: is set aside and begun anew', async () => {
      cache.close();
      await writeFile(
        await databaseFile(),
        'this is not a database, not at all, and longer than a header of SQLite is',
      );
      cache = await openCache();
      assert.deepEqual(cache.stats().entries, 0);
      put(0, 10);
      assert.equal(present(0, 10), 10);
      assert.equal(await setAside(), 1);
      assert(log.some(({ level, message }) => level === 'warn' && /damaged/u.test(message)));
    });

    it('inside: the first use that meets it is a miss, and what is put meanwhile is kept', async () => {
      await damage(0.5);
      cache = await openCache();
      assert.equal(await setAside(), 0, 'not found by opening');
      assert.equal(present(0, 2_000), 0);
      put(5_000, 5_010);
      await cache.repaired();
      assert.equal(await setAside(), 1);
      put(6_000, 6_010);
      assert.equal(present(5_000, 5_010) + present(6_000, 6_010), 20);
    });

    it('met by several at once: one sets it aside, all go on with the new one', async () => {
      await damage(0.5);
      const time = createScaledClock(10);
      const caches = await Promise.all(Array.from({ length: 3 }, () => openCache(undefined, undefined, time)));
      for (const each of caches) each.getMany(Array.from({ length: 2_000 }, (_, index) => keyOf(index)));
      await Promise.all(caches.map((each) => each.repaired()));
      caches[1]?.putMany([{ key: keyOf('shared'), vector: vector(7) }]);
      for (const each of caches) assert.deepEqual(each.getMany([keyOf('shared')]), [vector(7)]);
      assert.equal(await setAside(), 1);
      for (const each of caches) each.close();
    });

    for (const [when, from] of [
      ['when it is opened', 0],
      ['when it is used', 0.5],
    ] as const) {
      it(`beyond repair ${when}: everything is a miss and nothing throws`, async () => {
        await damage(from);
        const stubborn: Storage = Object.create(storage, {
          setAside: { value: () => Promise.reject(new AppError('Internal', 'The file is in use.')) },
        }) as Storage;
        cache = await openCache(megabyte, stubborn);
        assert.equal(present(0, 2_000), 0);
        put(0, 10);
        await cache.repaired();
        assert.equal(present(0, 10), 0);
        assert(log.some(({ message }) => message.includes('goes on without it')));
      });
    }
  });

  it('throws what the user has to act on', async () => {
    const full: Storage = Object.create(storage, {
      openDatabase: {
        value: (path: string) => {
          const database = storage.openDatabase(path);
          return Object.create(database, {
            transaction: {
              value: () => {
                throw new AppError('DiskFull', 'The disk is full.');
              },
            },
            prepare: { value: (sql: string) => database.prepare(sql) },
            exec: { value: (sql: string) => database.exec(sql) },
            close: { value: () => database.close() },
          }) as unknown;
        },
      },
    }) as Storage;
    const onFullDisk = await openCache(megabyte, full);
    assert.throws(
      () => onFullDisk.putMany([{ key: keyOf('a'), vector: vector(1) }]),
      (error) => error instanceof AppError && error.code === 'DiskFull',
    );
    onFullDisk.close();
  });

  it('does nothing after close', () => {
    cache.close();
    cache.close();
    cache.putMany([{ key: keyOf('a'), vector: vector(1) }]);
    assert.deepEqual(cache.getMany([keyOf('a')]), [undefined]);
    assert.deepEqual(cache.stats(), { entries: 0, bytes: 0 });
  });

  it('is opened, filled and read by several processes at once', async () => {
    cache.close();
    const shared = await temporaryDirectory('shared-cache');
    const script = fileURLToPath(new URL('../../support/cacheProcess.ts', import.meta.url));
    const codes = await Promise.all(
      [0, 1, 2].map(async (number) => {
        const child = fork(script, [shared, String(number)], { stdio: 'inherit' });
        const [code] = (await once(child, 'exit')) as [number | null];
        return code;
      }),
    );
    assert.deepEqual(codes, [0, 0, 0]);
    const opened = await EmbeddingCache.open(storage, shared, {
      hasher: nodeHasher,
      clock: createScaledClock(1),
      logger: { log: () => undefined },
      maxBytes: 64 * megabyte,
    });
    assert.equal(opened.stats().entries, 3 * 200 + 200);
    opened.close();
    assert.deepEqual(
      (await readdir(shared)).filter((name) => name.includes('damaged')),
      [],
    );
  });
});
