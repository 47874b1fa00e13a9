import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chunk } from '../../../src/core/ports.ts';
import type { EmbeddingSpace } from '../../../src/core/providerPorts.ts';
import { Catalogue, catalogueFileName, type ChunkDelta } from '../../../src/core/store/catalogue.ts';
import { allowedChunks, type ChunkFilter } from '../../../src/core/store/chunkFilter.ts';
import { counts, fileEntries } from '../../../src/core/store/report.ts';
import { queryTerms, splitTerms } from '../../../src/core/chunking/terms.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const space: EmbeddingSpace = {
  id: 'space',
  provider: 'openai',
  endpoint: 'http://localhost',
  model: 'm',
  dimensions: 0,
  normalized: true,
  matryoshka: false,
  parameters: '',
};

function chunk(symbol: string, text: string, startLine = 1): Chunk {
  return {
    startLine,
    endLine: startLine + text.split('\n').length - 1,
    symbol,
    kind: 'function',
    text,
    terms: splitTerms(text),
  };
}

/** Takes back what the third schema added. */
const withoutCount = `
  DROP TRIGGER chunk_embedded; DROP TRIGGER chunk_not_embedded; DROP TRIGGER chunk_removed;
  ALTER TABLE spaces DROP COLUMN embedded;`;

describe('Catalogue', () => {
  let directory: string;
  let catalogue: Catalogue;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    ({ catalogue } = await Catalogue.open(new NodeStorage(), directory, nodeHasher, true));
  });

  afterEach(() => catalogue.close(true));

  function put(path: string, chunks: readonly Chunk[], language = 'typescript'): ChunkDelta {
    return catalogue.transaction(() => {
      catalogue.markPending(path, { bytes: 1, mtimeMs: 1 });
      const row = catalogue.file(path);
      assert(row);
      const hash = nodeHasher.sha256(chunks.map(({ text }) => text).join('\n'));
      return catalogue.putChunks(row, { hash, language, checkedMs: 5_000, unsaved: false }, chunks);
    });
  }

  const found = (...terms: string[]): number[] =>
    catalogue.postings.search(queryTerms(terms.join(' ')), 10).map(({ id }) => id);

  it('finds a stored chunk by a part of its symbol, its path and its text', () => {
    const { addedIds } = put('src/upload/retry.ts', [chunk('retryUpload', 'send(file, attempts)')]);
    assert.deepEqual(found('retry'), addedIds);
    assert.deepEqual(found('upload'), addedIds);
    assert.deepEqual(found('attempt'), addedIds);
    assert.deepEqual(found('nothing'), []);
  });

  it('keeps the id of a chunk that only moved, and writes the others', () => {
    const before = put('a.ts', [chunk('one', 'first()'), chunk('two', 'second()', 3)]);
    const after = put('a.ts', [chunk('zero', 'new()'), chunk('one', 'first()', 4), chunk('two', 'changed()', 6)]);
    assert.equal(after.kept, 1);
    assert.deepEqual(after.removedIds, [before.addedIds[1]]);
    assert.equal(catalogue.chunk(before.addedIds[0] ?? 0)?.startLine, 4);
    assert.deepEqual(found('second'), []);
    assert.equal(found('changed').length, 1);
  });

  it('keeps two equal chunks of one file apart', () => {
    const { addedIds } = put('a.ts', [chunk('f', 'same()'), chunk('f', 'same()', 5)]);
    assert.equal(new Set(addedIds).size, 2);
    assert.equal(put('a.ts', [chunk('f', 'same()')]).removedIds.length, 1);
  });

  it('removes a file with its chunks and terms', () => {
    const { addedIds } = put('a.ts', [chunk('f', 'body()')]);
    const row = catalogue.file('a.ts');
    assert.deepEqual(
      catalogue.transaction(() => catalogue.removeFile(row?.id ?? 0)),
      addedIds,
    );
    assert.deepEqual(found('body'), []);
    assert.equal(catalogue.file('a.ts'), undefined);
  });

  it('lists what is at and below a directory, not its neighbours by name', () => {
    for (const path of ['src/a.ts', 'src/deep/b.ts', 'src2/c.ts', 'src-old/d.ts', 'src']) put(path, []);
    assert.deepEqual([...catalogue.pathsBelow('src')].map(({ path }) => path).sort(), [
      'src',
      'src/a.ts',
      'src/deep/b.ts',
    ]);
    assert.equal([...catalogue.pathsBelow('')].length, 5);
  });

  it('never gives a removed chunk id to another chunk', () => {
    const [first] = put('a.ts', [chunk('f', 'one()')]).addedIds;
    const [second] = put('a.ts', [chunk('f', 'two()')]).addedIds;
    const row = catalogue.file('a.ts');
    catalogue.transaction(() => catalogue.removeFile(row?.id ?? 0));
    const [third] = put('b.ts', [chunk('f', 'three()')]).addedIds;
    assert.equal(new Set([first, second, third]).size, 3);
  });

  it('counts files so that indexed, pending, failed and skipped sum to discovered', () => {
    const row = catalogue.ledger.spaceRow(space);
    const { addedIds } = put('embedded.ts', [chunk('f', 'one()')]);
    put('waiting.ts', [chunk('g', 'two()')]);
    const refused = put('refused.ts', [chunk('h', 'three()')]);
    catalogue.markPending('new.ts', { bytes: 1, mtimeMs: 1 });
    catalogue.markSkipped('logo.png', { bytes: 1, mtimeMs: 1 }, 'binary', 'has NUL bytes');
    catalogue.ledger.markEmbedded(row, addedIds);
    catalogue.ledger.markEmbedFailed(refused.addedIds, 'The endpoint refused it.');
    assert.deepEqual(counts(catalogue.database, row), { discovered: 5, indexed: 1, pending: 2, failed: 1, skipped: 1 });
    assert.deepEqual(counts(catalogue.database, undefined), {
      discovered: 5,
      indexed: 3,
      pending: 1,
      failed: 0,
      skipped: 1,
    });
    const entries = fileEntries(catalogue.database, row);
    assert.deepEqual(
      entries.map(({ path, state }) => [path, state]),
      [
        ['embedded.ts', 'indexed'],
        ['logo.png', 'skipped'],
        ['new.ts', 'pending'],
        ['refused.ts', 'failed'],
        ['waiting.ts', 'pending'],
      ],
    );
    assert.equal(entries[1]?.reason, 'binary');
    assert.equal(entries[3]?.detail, 'The endpoint refused it.');
  });

  it('a new space makes every chunk pending again, and only the new space', () => {
    const first = catalogue.ledger.spaceRow(space);
    const { addedIds } = put('a.ts', [chunk('f', 'one()'), chunk('g', 'two()', 3)]);
    catalogue.ledger.markEmbedded(first, addedIds);
    assert.equal(catalogue.ledger.countPendingChunks(first), 0);
    const second = catalogue.ledger.spaceRow({ ...space, id: 'other', model: 'n' });
    assert.deepEqual(
      catalogue.ledger.pendingChunks(second, 0, 10).map(({ id }) => id),
      addedIds,
    );
    assert.deepEqual(
      catalogue.ledger.pendingChunks(second, addedIds[0] ?? 0, 10).map(({ id }) => id),
      addedIds.slice(1),
    );
  });

  it('filters by language, kind and path', () => {
    const ts = put('src/a.ts', [chunk('load', 'load()')]).addedIds;
    const py = put('lib/b.py', [{ ...chunk('load', 'load()'), kind: 'class' }], 'python').addedIds;
    const only = (...filters: Parameters<typeof allowedChunks>[1]): number[] => {
      const hits = catalogue.postings.search(['load'], 10, allowedChunks(catalogue, filters)).map(({ id }) => id);
      assert.deepEqual(new Set(hits), allowedChunks(catalogue, filters));
      return hits;
    };
    assert.deepEqual(only({ languages: ['python'] }), py);
    assert.deepEqual(only({ kinds: ['function', 'method'] }), ts);
    assert.deepEqual(only({ shareOf: (path) => (path.startsWith('lib/') ? 'all' : 'none') }), py);
    assert.deepEqual(only({ languages: ['python'], kinds: ['function'] }), []);
    assert.deepEqual(only({ excludeLanguages: ['python'] }), ts);
    assert.deepEqual(only({ excludeKinds: ['function', 'method'] }), py);
    assert.deepEqual(only({ files: ['src/a.ts', 'src/gone.ts'] }), ts);
    assert.deepEqual(only({ files: [] }), []);
    assert.deepEqual(only({ files: ['src/a.ts'] }, { languages: ['python'] }), []);
    assert.equal(allowedChunks(catalogue, [{ languages: [], excludeKinds: [] }]), undefined);
  });

  it('lets through what all filters agree on of a file: everything, its tests, or the rest', () => {
    const test: Chunk = { ...chunk('check', 'check()', 5), kind: 'test' };
    const mixed = put('src/a.rs', [chunk('load', 'load()'), test]).addedIds;
    const tests = put('tests/b.rs', [chunk('help', 'help()'), { ...test, startLine: 9, endLine: 9 }]).addedIds;
    const [load = NaN, check = NaN] = mixed;
    const only: ChunkFilter = { shareOf: (path) => (path.startsWith('tests/') ? 'all' : 'tests') };
    const none: ChunkFilter = { shareOf: (path) => (path.startsWith('tests/') ? 'none' : 'others') };
    const inSource: ChunkFilter = { shareOf: (path) => (path.startsWith('src/') ? 'all' : 'none') };
    const cases: [ChunkFilter[], number[]][] = [
      [[only], [check, ...tests]],
      [[none], [load]],
      [[only, inSource], [check]],
      [[inSource, none], [load]],
      [[only, none], []],
      [[only, { excludeKinds: ['test'] }], tests.slice(0, 1)],
      [[none, { kinds: ['test'] }], []],
    ];
    for (const [filters, ids] of cases) assert.deepEqual(allowedChunks(catalogue, filters), new Set(ids));
  });

  it('treats quotes and operators in a query as words', () => {
    put('a.ts', [chunk('f', 'NOT "quoted" AND (x*)')]);
    assert.equal(found('"quoted"', 'NOT').length, 1);
  });

  it('takes over an index of the first schema: its files are chunked again', async () => {
    put('a.ts', [chunk('load', 'load()')]);
    catalogue.database.exec(`
      ${withoutCount}
      DROP TABLE term_vectors; DROP TABLE postings_segments; DROP TABLE removed_chunks;
      CREATE VIRTUAL TABLE terms USING fts5(symbol, path, body, content='', contentless_delete=1);
      PRAGMA user_version = 1;
    `);
    catalogue.close(true);
    const reopened = await Catalogue.open(new NodeStorage(), directory, nodeHasher, true);
    catalogue = reopened.catalogue;
    assert.equal(reopened.integrity, 'ok');
    assert.equal(catalogue.file('a.ts')?.state, 'pending');
    assert.deepEqual(found('load'), []);
    const { addedIds } = put('a.ts', [chunk('load', 'load()')]);
    assert.deepEqual(found('load'), addedIds);
  });

  it('counts the vectors of an index of the second schema', async () => {
    const ids = put('a.ts', [chunk('load', 'load()'), chunk('save', 'save()')]).addedIds;
    const fields = { provider: 'embedded', endpoint: '', model: 'm', dimensions: 64, parameters: '' };
    const space = catalogue.ledger.spaceRow({ id: 'space', normalized: true, matryoshka: false, ...fields });
    catalogue.database.exec(`${withoutCount} PRAGMA user_version = 2;`);
    catalogue.ledger.markEmbedded(space, ids);
    catalogue.close(true);
    ({ catalogue } = await Catalogue.open(new NodeStorage(), directory, nodeHasher, true));
    assert.equal(catalogue.ledger.countEmbedded(space), 2);
    catalogue.ledger.markNotEmbedded(ids.slice(1));
    assert.equal(catalogue.ledger.countEmbedded(space), 1);
  });

  it('sets a damaged database aside and starts anew', async () => {
    put('a.ts', [chunk('f', 'body()')]);
    catalogue.close(false);
    const file = await open(join(directory, catalogueFileName), 'r+');
    await file.write(Buffer.alloc(2_048, 0x5a), 0, 2_048, 0);
    await file.close();
    const reopened = await Catalogue.open(new NodeStorage(), directory, nodeHasher, true);
    catalogue = reopened.catalogue;
    assert.equal(reopened.integrity, 'rebuilt');
    assert.equal(counts(catalogue.database, undefined).discovered, 0);
    const names = await new NodeStorage().list(directory);
    assert(
      names.some((name) => name.startsWith(`${catalogueFileName}.damaged-`)),
      names.join(),
    );
  });

  it('finds damage inside the file after an unclean end', async () => {
    catalogue.transaction(() => {
      for (let n = 0; n < 400; n++) catalogue.markPending(`directory/file${n}.ts`, { bytes: n, mtimeMs: n });
    });
    catalogue.close(false);
    const path = join(directory, catalogueFileName);
    const file = await open(path, 'r+');
    const { size } = await file.stat();
    for (let page = 2; page < size / 4_096; page++) await file.write(Buffer.alloc(512, 0x77), 0, 512, page * 4_096);
    await file.close();
    const reopened = await Catalogue.open(new NodeStorage(), directory, nodeHasher, true);
    catalogue = reopened.catalogue;
    assert.equal(reopened.integrity, 'rebuilt');
  });

  it('reads unsaved files again after a restart', async () => {
    put('a.ts', [chunk('f', 'body()')]);
    catalogue.database.exec(`UPDATE files SET unsaved = 1`);
    catalogue.resetUnsaved();
    assert.equal(catalogue.file('a.ts')?.state, 'pending');
  });
});
