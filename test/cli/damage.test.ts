import assert from 'node:assert/strict';
import { readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliFolder, remoteOptions } from '../support/cliFolder.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';
import { seededRandom } from '../../src/util/seededRandom.ts';

const query = 'retry the invoice token';

describe('damaged files of an index', () => {
  let server: EmbeddingServer;
  let folder: CliFolder;
  let clean: { readonly chunks: string[]; readonly places: string[] };

  beforeEach(async () => {
    server = await startEmbeddingServer({ dimensions: 32 });
    folder = await CliFolder.create(12);
    assert.equal((await folder.run('index', ...remoteOptions(server.url))).exitCode, 0);
    clean = { chunks: folder.stored.chunks(), places: await folder.places(query) };
  });

  afterEach(async () => {
    await server.close();
  });

  async function snapshotPath(): Promise<string> {
    const { indexDir } = folder.stored;
    const name = (await readdir(indexDir)).find((file) => file.endsWith('.snapshot.0'));
    assert.ok(name, 'the index wrote a snapshot');
    return join(indexDir, name);
  }

  /** Random bytes over the middle of the file, and over its beginning. */
  async function scribble(path: string): Promise<void> {
    const random = seededRandom(7);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at += at < 4_096 ? 16 : 512) bytes[at] = Math.floor(random() * 256);
    await writeFile(path, bytes);
  }

  /** A search repairs what it finds; what it says is what it said before. */
  async function assertRecovers(requestsAllowed: 'none' | 'some'): Promise<void> {
    const before = server.requests.length;
    const { exitCode, stdout, stderr } = await folder.run('search', query, '--json');
    assert.equal(exitCode, 0, stderr);
    const { results } = JSON.parse(stdout) as { results: { path: string; startLine: number }[] };
    const documents = server.requests.slice(before).filter(({ inputs }) => inputs[0] !== query);
    if (requestsAllowed === 'none') assert.equal(documents.length, 0, 'texts were paid for again');
    assert.deepEqual(
      results.map(({ path, startLine }) => `${path}:${startLine}`),
      clean.places,
    );
    assert.deepEqual(folder.stored.chunks(), clean.chunks);
    assert.equal((await folder.status()).integrity, 'ok');
  }

  it('a catalogue of random bytes is rebuilt from the files and the cache, without a request', async () => {
    await scribble(folder.stored.cataloguePath);
    await assertRecovers('none');
    const names = await readdir(folder.stored.indexDir);
    assert.ok(
      names.some((name) => name.includes('.damaged-')),
      'the damaged catalogue is kept',
    );
  });

  it('a truncated catalogue is rebuilt without a request', async () => {
    await truncate(folder.stored.cataloguePath, 5_000);
    await assertRecovers('none');
  });

  it('a missing catalogue is rebuilt without a request', async () => {
    await rm(folder.stored.cataloguePath);
    await assertRecovers('none');
  });

  it('a damaged, truncated, empty or missing vector snapshot is filled again from the cache', async () => {
    const path = await snapshotPath();
    for (const damage of [
      () => scribble(path),
      () => truncate(path, 100),
      () => truncate(path, 0),
      () => rm(path),
    ] as const) {
      await damage();
      await assertRecovers('none');
    }
  });

  it('a damaged embedding cache costs at most its texts, never the index', async () => {
    await scribble(folder.stored.cachePath);
    await assertRecovers('some');
    await rm(folder.stored.cachePath);
    await assertRecovers('some');
  });

  it('everything damaged at once is made anew', async () => {
    await scribble(folder.stored.cataloguePath);
    await scribble(await snapshotPath());
    await scribble(folder.stored.cachePath);
    await assertRecovers('some');
  });

  it('a damaged file of remembered options is replaced', async () => {
    await writeFile(join(folder.stored.indexDir, 'codeweaver.json'), '{"version":');
    const { exitCode, stderr } = await folder.run('index', ...remoteOptions(server.url));
    assert.equal(exitCode, 0, stderr);
    await assertRecovers('none');
  });
});
