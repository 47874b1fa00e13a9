import assert from 'node:assert/strict';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlDatabase } from '../../../src/core/ports.ts';
import { openSqliteDatabase } from '../../../src/node/sqliteDatabase.ts';
import { AppError, type ErrorCode } from '../../../src/protocol/errors.ts';
import { runToEnd } from '../../support/runToEnd.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const withCode = (code: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === code && error.cause instanceof Error;

describe('openSqliteDatabase', () => {
  let path: string;
  let database: SqlDatabase;

  beforeEach(async () => {
    path = join(await temporaryDirectory(), 'test.db');
    database = openSqliteDatabase(path);
    database.exec('CREATE TABLE item (id INTEGER PRIMARY KEY, value ANY, parent INTEGER REFERENCES item (id))');
  });

  afterEach(() => database.close());

  const insert = (value: string | number | Uint8Array | null): number =>
    database.prepare('INSERT INTO item (value) VALUES (?)').run(value).lastInsertRowid;
  const values = (): unknown[] =>
    database.prepare('SELECT value FROM item ORDER BY id').all().map(({ value }) => value); // prettier-ignore

  it('opens with WAL, synchronous NORMAL, foreign keys and a busy timeout', () => {
    const pragma = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0];
    assert.equal(pragma('journal_mode'), 'wal');
    assert.equal(pragma('synchronous'), 1);
    assert.equal(pragma('foreign_keys'), 1);
    assert.equal(pragma('busy_timeout'), 5000);
    assert.throws(() => database.exec('INSERT INTO item (parent) VALUES (99)'), withCode('Internal'));
  });

  it('returns what was stored', () => {
    const stored = [null, 'text', 1.5, -3, Number.MAX_SAFE_INTEGER, new Uint8Array([1, 0, 255]), new Uint8Array(0)];
    for (const value of stored) insert(value);
    assert.deepEqual(values(), stored);
    assert.equal(database.prepare('SELECT * FROM item WHERE id = ?').get(99), undefined);
    assert.deepEqual(database.prepare('UPDATE item SET value = 0 WHERE id < ?').run(4).changes, 3);
  });

  it('fails rather than rounds an integer beyond 2^53', () => {
    assert.throws(() => database.prepare('SELECT 9007199254740993 AS n').get(), withCode('Internal'));
  });

  it('prepares each text once', () => {
    assert.equal(database.prepare('SELECT 1'), database.prepare('SELECT 1'));
    for (let i = 0; i < 1000; i++) assert.deepEqual({ ...database.prepare(`SELECT ${i} AS n`).get() }, { n: i });
  });

  it('iterates while the same text runs again, and after an iteration was left early', () => {
    for (let i = 0; i < 5; i++) insert(i);
    const all = database.prepare('SELECT value FROM item ORDER BY id');
    const pairs: string[] = [];
    for (const outer of all.iterate()) {
      if (outer.value === 3) break;
      assert.equal(all.all().length, 5);
      for (const inner of all.iterate()) {
        if (inner.value === 2) break;
        pairs.push([outer.value, inner.value].join(''));
      }
    }
    assert.deepEqual(pairs, ['00', '01', '10', '11', '20', '21']);
    // A reader left open would keep the table locked.
    database.exec('DROP TABLE item');
  });

  describe('transaction', () => {
    it('commits and returns what its body returns', () => {
      assert.equal(database.transaction(() => insert('a')), 1); // prettier-ignore
      const other = openSqliteDatabase(path);
      assert.equal(other.prepare('SELECT count(*) AS n FROM item').get()!.n, 1);
      other.close();
    });

    it('takes everything back when its body throws, and can be used again', () => {
      const failure = new Error('body');
      assert.throws(() => database.transaction(() => (insert('a'), fail(failure))), failure);
      assert.deepEqual(values(), []);
      database.transaction(() => insert('b'));
      assert.deepEqual(values(), ['b']);
    });

    it('refuses to be nested and to wait', () => {
      assert.throws(() => database.transaction(() => database.transaction(() => 0)), AppError);
      assert.throws(() => database.transaction(async () => insert('a')), AppError);
      assert.deepEqual(values(), []);
    });
  });

  it('says IndexLocked while another connection writes', () => {
    const other = openSqliteDatabase(path);
    other.exec('PRAGMA busy_timeout = 0');
    database.transaction(() => {
      insert('a');
      assert.throws(() => other.transaction(() => 0), withCode('IndexLocked'));
      assert.throws(() => other.exec('DELETE FROM item'), withCode('IndexLocked'));
      assert.equal(other.prepare('SELECT count(*) AS n FROM item').get()!.n, 0, 'reading goes on');
    });
    other.transaction(() => 0);
    other.close();
  });

  it('says DiskFull when nothing more fits, and keeps what was there', () => {
    insert('kept');
    database.exec('PRAGMA max_page_count = 20');
    const fill = () => database.transaction(() => Array.from({ length: 100 }, () => insert(new Uint8Array(10_000))));
    assert.throws(fill, withCode('DiskFull'));
    assert.deepEqual(values(), ['kept']);
  });

  it('says DatabaseDamaged for a file that is no database', async () => {
    const other = join(await temporaryDirectory(), 'other.db');
    await writeFile(other, 'This is not a database. '.repeat(1000));
    assert.throws(() => openSqliteDatabase(other), withCode('DatabaseDamaged'));
  });

  describe('damage inside the file', () => {
    beforeEach(() => {
      database.transaction(() => Array.from({ length: 500 }, (_, i) => insert(`row ${i} `.repeat(50))));
      database.close();
    });

    afterEach(() => {
      database = openSqliteDatabase(':memory:');
    });

    const readAll = () => {
      database = openSqliteDatabase(path);
      try {
        return [...database.prepare('SELECT * FROM item').iterate()];
      } finally {
        database.close();
      }
    };

    it('says DatabaseDamaged when pages are overwritten', async () => {
      const file = await open(path, 'r+');
      for (let page = 1; page < 40; page++) await file.write(new Uint8Array(4096).fill(0xa5), 0, 4096, page * 4096);
      await file.close();
      assert.throws(readAll, withCode('DatabaseDamaged'));
    });

    it('says DatabaseDamaged when the end is missing', async () => {
      await truncate(path, 3 * 4096);
      assert.throws(readAll, withCode('DatabaseDamaged'));
    });
  });

  it('names the path and keeps the cause when a file cannot be opened', () => {
    const missing = join(path, 'no', 'folder.db');
    assert.throws(
      () => openSqliteDatabase(missing),
      (error: unknown) => withCode('StorageFailed')(error) && (error as AppError).message.includes(missing),
    );
  });

  it('can be closed twice and used no more', () => {
    database.close();
    database.close();
    assert.throws(() => database.exec('SELECT 1'), AppError);
  });

  it('keeps the one warning about node:sqlite quiet, and no other', async () => {
    const script = `
      const real = process.getBuiltinModule;
      process.getBuiltinModule = (name) => {
        process.emitWarning('SQLite is an experimental feature and might change at any time', 'ExperimentalWarning');
        process.emitWarning('Another feature is new', 'ExperimentalWarning');
        process.emitWarning('something', { type: 'Other', code: 'C1' });
        return real(name);
      };
      const { emitWarning } = process;
      const seen = [];
      process.on('warning', (warning) => seen.push([warning.name, warning.message, warning.code]));
      const { openSqliteDatabase } = await import(process.argv[1]);
      openSqliteDatabase(':memory:').close();
      process.emitWarning('later');
      await new Promise(setImmediate);
      console.log(JSON.stringify({ seen, restored: process.emitWarning === emitWarning }));
    `;
    const module = new URL('../../../src/node/sqliteDatabase.ts', import.meta.url).href;
    const output = await runToEnd(process.execPath, ['--input-type=module', '--eval', script, module]);
    assert.deepEqual(JSON.parse(output), {
      seen: [
        ['ExperimentalWarning', 'Another feature is new', null],
        ['Other', 'something', 'C1'],
        ['Warning', 'later', null],
      ],
      restored: true,
    });
  });
});

function fail(error: Error): never {
  throw error;
}
