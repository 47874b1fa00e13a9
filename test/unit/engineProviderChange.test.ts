import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '../../src/protocol/errors.ts';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { EngineFixture, files, folderId } from '../support/engineFixture.ts';
import { Workspace } from '../support/workspace.ts';

/** Long enough for several requests of those that are made one after the other. */
const severalRequestsMs = 300;

describe('Engine, when its provider is changed or not allowed any more', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;
  let other: EmbeddingServer;
  let remote: EngineConfig;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
    fixture.server = await startEmbeddingServer({ dimensions: 64, latencyMs: 30 });
    other = await startEmbeddingServer({ dimensions: 64 });
    const config = await fixture.remoteConfig();
    remote = { ...config, embedding: { ...config.embedding, maxBatchInputs: 1, maxConcurrentRequests: 1 } };
  });

  afterEach(async () => {
    await fixture.close();
    await other.close();
  });

  async function change(to: 'withheld' | 'embedded' | 'another endpoint'): Promise<void> {
    const { engine } = fixture;
    const embedding = { ...remote.embedding, baseUrl: other.url };
    if (to === 'withheld') await engine.configure(remote, {}, { remoteProvider: false });
    else if (to === 'embedded') await engine.configure(defaultConfig, {}, { remoteProvider: false });
    else await engine.configure({ ...remote, embedding }, {}, { remoteProvider: true });
  }

  for (const to of ['withheld', 'embedded', 'another endpoint'] as const) {
    it(`sends no more code to the former endpoint: ${to}`, async () => {
      for (let index = 0; index < 40; index++) {
        const text = files['src/upload.ts'].replace('retryUpload', `retry${index}`);
        await fixture.workspace.write(`src/upload${index}.ts`, text);
      }
      await fixture.reopen(remote);
      const indexing = fixture.engine.index(folderId);
      const ended = assert.rejects(indexing, CancelledError);
      while (fixture.requests < 2) await sleep(5);
      await change(to);
      const sent = fixture.requests;
      await ended;
      await sleep(severalRequestsMs);
      assert.equal(fixture.requests, sent);
      const report = await fixture.engine.index(folderId);
      assert.equal(report.error, undefined);
      assert.equal(report.counts.indexed, 43);
      assert.equal(fixture.requests, sent);
    });

    it(`sends no more questions to the former endpoint: ${to}`, async () => {
      await fixture.reopen(remote);
      await fixture.engine.index(folderId);
      const sent = fixture.requests;
      await change(to);
      const response = await fixture.engine.search({ query: 'retry upload' });
      assert.equal(response.mode, 'lexical');
      assert.equal(response.results[0]?.symbol, 'retryUpload');
      assert.equal(fixture.requests, sent);
    });
  }

  it('pays the former model of the same endpoint for no more than is on its way, and goes on with the next one', async () => {
    for (let index = 0; index < 60; index++) {
      const text = files['src/upload.ts'].replace('retryUpload', `retry${index}`);
      await fixture.workspace.write(`src/upload${index}.ts`, text);
    }
    await fixture.reopen({ ...remote, embedding: { ...remote.embedding, maxConcurrentRequests: 4 } });
    const ended = assert.rejects(fixture.engine.index(folderId), CancelledError);
    while (fixture.requests < 8) await sleep(5);
    const next = { ...remote, embedding: { ...remote.embedding, model: 'next' } };
    await fixture.engine.configure(next, {}, { remoteProvider: true });
    await ended;
    await sleep(severalRequestsMs);
    const former = (): number => fixture.server?.requests.filter(({ body }) => body['model'] !== 'next').length ?? 0;
    const paid = former();
    assert.ok(paid < 40, String(paid));
    const report = await fixture.engine.index(folderId);
    assert.deepEqual([report.error, report.counts.indexed], [undefined, 63]);
    assert.equal(former(), paid);
    assert.equal((await fixture.engine.search({ query: 'retry upload' })).mode, 'hybrid');
  });

  it('keeps the former vectors of a folder whose pass waits for another one until the next ones are there', async () => {
    await fixture.reopen(remote);
    const two = await Workspace.create(files);
    await fixture.engine.openFolder({ folderId: 'two', root: two.root, indexDir: two.indexDir });
    for (const id of [folderId, 'two']) await fixture.engine.index(id);
    for (let index = 0; index < 40; index++) {
      const text = files['src/upload.ts'].replace('retryUpload', `retry${index}`);
      await two.write(`src/upload${index}.ts`, text);
    }
    const before = fixture.requests;
    const embedding = fixture.engine.index('two');
    while (fixture.requests < before + 2) await sleep(5);
    const ended = Promise.allSettled([embedding, fixture.engine.index(folderId)]);
    await sleep(severalRequestsMs); // There is nothing to do in this folder but to wait by now.
    const next = { ...remote, embedding: { ...remote.embedding, model: 'next' } };
    await fixture.engine.configure(next, {}, { remoteProvider: true });
    await ended;
    const { mode, results } = await fixture.engine.search({ query: 'retry upload', filter: { folders: [folderId] } });
    assert.equal(mode, 'hybrid');
    assert.ok(results[0]?.sources.semantic);
  });

  it('answers a question that was on its way by words, and says why', async () => {
    await fixture.reopen(remote);
    await fixture.engine.index(folderId);
    const sent = fixture.requests;
    fixture.server?.script({ delayMs: 5_000 });
    const searching = fixture.engine.search({ query: 'retry upload' });
    while (fixture.requests === sent) await sleep(5);
    await change('embedded');
    const { mode, degraded } = await searching;
    assert.equal(mode, 'lexical');
    assert.match(degraded?.message ?? '', /provider has just been changed/u);
  });

  it('answers questions about similar code that are under way, by vectors or by words', async () => {
    await fixture.reopen(remote);
    await fixture.engine.index(folderId);
    const place = { folderId, path: 'src/upload.ts', line: 1 };
    const { results } = await fixture.engine.findSimilar(place);
    for (const to of ['embedded', 'another endpoint', 'withheld'] as const) {
      const asked: ReturnType<typeof fixture.engine.findSimilar>[] = [];
      // At as many moments of the change as there are.
      let isChanging = true;
      const changing = change(to).finally(() => (isChanging = false));
      for (let turn = 0; isChanging; turn++) {
        asked.push(fixture.engine.findSimilar(place));
        await (turn % 10 === 9 ? new Promise(setImmediate) : Promise.resolve());
      }
      await changing;
      for (const answer of await Promise.all(asked)) {
        if (answer.mode === 'semantic') assert.equal(answer.results.length, results.length);
        else assert.equal(answer.mode, 'lexical');
      }
      await fixture.engine.configure(remote, {}, { remoteProvider: true });
      await fixture.engine.index(folderId);
    }
  });
});
