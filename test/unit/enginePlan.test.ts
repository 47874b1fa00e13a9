import assert from 'node:assert/strict';
import type { EngineConfig } from '../../src/protocol/config.ts';
import type { IndexingPlan } from '../../src/protocol/costs.ts';
import { EngineFixture, files, folderId, rejects } from '../support/engineFixture.ts';

function embeddingWith(config: EngineConfig, changes: Partial<EngineConfig['embedding']>): EngineConfig {
  return { ...config, embedding: { ...config.embedding, ...changes } };
}

describe('Engine.plan', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  function assertSums(plan: IndexingPlan): void {
    const { chunks, withVector, cached, repeated, local, toSend } = plan;
    assert.equal(chunks, withVector + cached + repeated + local + toSend);
  }

  it('says before anything is allowed what is then sent, to the chunk', async () => {
    await fixture.workspace.write('copy/upload.ts', files['src/upload.ts']);
    const config = await fixture.remoteConfig();
    await fixture.reopen(config, false);
    assert.equal((await fixture.engine.plan({ folderId })).isComplete, false);
    await fixture.engine.index(folderId);
    const plan = await fixture.engine.plan({ folderId });
    assertSums(plan);
    assert.equal(fixture.requests, 0);
    assert.deepEqual([plan.isComplete, plan.files, plan.repeated, plan.withVector], [true, 4, 1, 0]);
    assert.equal(plan.dollars, undefined);
    assert.equal(plan.time, undefined);

    await fixture.engine.configure(config, { apiKey: 'k' }, { remoteProvider: true });
    const report = await fixture.engine.index(folderId);
    assert.deepEqual([report.chunksEmbedded, report.requests], [plan.toSend, plan.requests]);
    const sent = fixture.server?.texts.size;
    assert.equal(sent, plan.toSend);

    const after = await fixture.engine.plan({ folderId });
    assertSums(after);
    assert.deepEqual([after.toSend, after.tokens, after.requests, after.withVector], [0, 0, 0, after.chunks]);
    assert.deepEqual(after.directories, []);
  });

  it('counts what the cache has as free, also for settings that are not in force', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    await fixture.engine.clear(folderId);
    await fixture.engine.configure(
      { ...config, embedding: { ...config.embedding, provider: 'embedded' } },
      {},
      {
        remoteProvider: false,
      },
    );
    await fixture.engine.index(folderId);
    const plan = await fixture.engine.plan({ folderId, embedding: config.embedding });
    assertSums(plan);
    assert.deepEqual([plan.cached, plan.toSend], [plan.chunks, 0]);
    const own = await fixture.engine.plan({ folderId });
    assert.deepEqual([own.provider, own.endpoint, own.withVector, own.toSend], ['embedded', '', own.chunks, 0]);
    const other = await fixture.engine.plan({ folderId, embedding: { ...config.embedding, model: 'voyage-3.5' } });
    assert.equal(other.toSend, other.chunks);
    assert.equal(other.dollars, (0.06 * other.tokens) / 1e6);
    const known = await fixture.engine.plan({ folderId, embedding: { ...config.embedding, dimensions: 32 } });
    assert.equal(known.vectorBytes, known.toSend * 32 * 4);
  });

  it('lists directories that sum up, opens the one with most, and leaves out what is to be excluded', async () => {
    await fixture.workspace.write('src/deep/inner/more.ts', files['src/upload.ts'].replaceAll('upload', 'download'));
    await fixture.workspace.write('web/[id]/page.ts', files['src/upload.ts'].replaceAll('upload', 'page'));
    const config = await fixture.remoteConfig();
    await fixture.reopen(config, false);
    await fixture.engine.index(folderId);
    const plan = await fixture.engine.plan({ folderId });
    const places = plan.directories.map(({ path, isDirect }) => (isDirect ? `${path}/*` : path));
    assert.deepEqual(places.toSorted(), ['/*', 'src/*', 'src/deep', 'web']);
    const sum = (pick: (directory: IndexingPlan['directories'][number]) => number): number =>
      plan.directories.reduce((all, directory) => all + pick(directory), 0);
    assert.deepEqual([sum(({ chunks }) => chunks), sum(({ tokens }) => tokens)], [plan.toSend, plan.tokens]);
    assert.ok(Math.abs(sum(({ share }) => share) - 1) < 1e-9);
    assert.deepEqual(
      plan.directories.map(({ tokens }) => tokens),
      plan.directories.map(({ tokens }) => tokens).toSorted((a, b) => b - a),
    );

    const exclude = ['src/deep', 'web/**'];
    const less = await fixture.engine.plan({ folderId, exclude });
    assert.equal(less.files, 3);
    const left = plan.directories.filter(({ path }) => path !== 'src/deep' && path !== 'web');
    assert.equal(
      less.tokens,
      left.reduce((all, { tokens }) => all + tokens, 0),
    );
    const excluded = { ...config.files, exclude: exclude.map((glob) => ({ glob, source: 'test' })) };
    await fixture.engine.configure({ ...config, files: excluded }, {}, { remoteProvider: false });
    await fixture.engine.index(folderId);
    assert.deepEqual(await fixture.engine.plan({ folderId }), less);
  });

  it('says how long it takes where that is known', async () => {
    const config = embeddingWith(await fixture.remoteConfig(), { maxBatchInputs: 1, requestsPerMinute: 1 });
    await fixture.reopen(config, false);
    await fixture.engine.index(folderId);
    const { requests, time } = await fixture.engine.plan({ folderId });
    assert.deepEqual(time, { least: (requests / 0.9 - 1) * 60_000 });
  });

  it('can be cancelled, and needs an open folder', async () => {
    await fixture.engine.index(folderId);
    await rejects(fixture.engine.plan({ folderId }, AbortSignal.abort()), 'Cancelled');
    const stop = new AbortController();
    const planning = fixture.engine.plan({ folderId }, stop.signal);
    stop.abort();
    await rejects(planning, 'Cancelled');
    await rejects(fixture.engine.plan({ folderId: 'elsewhere' }), 'FolderNotOpen');
  });
});

describe('Engine with a budget', function () {
  this.timeout(60_000);
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  it('stops before it is exceeded, finds on by words and by what has vectors, and goes on when it is raised', async () => {
    const config = embeddingWith(await fixture.remoteConfig(), { maxBatchInputs: 1, budgetTokens: 400 });
    // Files come in any order: more of them than the budget is enough for, whichever are first.
    for (const name of ['second', 'third', 'fourth'])
      await fixture.workspace.write(`src/${name}.ts`, files['src/upload.ts'].replace('retryUpload', name));
    await fixture.reopen(config);
    const report = await fixture.engine.index(folderId);
    assert.equal(report.error?.code, 'BudgetReached');
    const status = await fixture.folderStatus();
    assert.deepEqual([status.phase, status.error?.code], ['error', 'BudgetReached']);
    assert.ok(status.vectors > 0 && status.vectors < status.chunks);
    assert.ok(status.spent.tokens <= 400);
    assert.equal(status.spent.requests, fixture.requests);
    assert.equal((await fixture.found('expire sessions'))[0]?.startsWith('src/session.py'), true);
    assert.notEqual((await fixture.engine.status()).provider.state, 'error');

    await fixture.engine.configure(
      embeddingWith(config, { budgetTokens: 100_000 }),
      { apiKey: 'k' },
      {
        remoteProvider: true,
      },
    );
    const raised = await fixture.engine.index(folderId);
    assert.equal(raised.error, undefined);
    assert.equal(raised.counts.pending, 0);
  });

  it('is not forgotten by clearing the index or a restart', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    const spent = (await fixture.engine.status()).spending.workspace;
    assert.ok(spent.tokens > 0 && spent.unpricedTokens === spent.tokens);
    await fixture.engine.clear(folderId);
    await fixture.reopen(embeddingWith(config, { budgetTokens: spent.tokens }));
    await fixture.workspace.write('src/new.ts', 'export function brandNew(): void {}\n');
    assert.equal((await fixture.engine.index(folderId)).error?.code, 'BudgetReached');
    const after = await fixture.engine.status();
    assert.deepEqual(after.spending.workspace, spent);
    assert.equal(after.spending.budgetTokens, spent.tokens);
    assert.deepEqual(after.folders[0]?.spent, { requests: spent.requests, tokens: spent.tokens });
  });

  it('counts questions and answers them by words once it is reached', async () => {
    const config = await fixture.remoteConfig();
    await fixture.reopen(config);
    await fixture.engine.index(folderId);
    const before = (await fixture.engine.status()).spending.workspace.tokens;
    assert.equal((await fixture.engine.search({ query: 'upload a file again' })).degraded, undefined);
    const asked = (await fixture.engine.status()).spending.workspace.tokens;
    assert.equal(asked, before + 4);
    await fixture.engine.configure(
      embeddingWith(config, { budgetTokens: asked }),
      { apiKey: 'k' },
      {
        remoteProvider: true,
      },
    );
    const { degraded, results } = await fixture.engine.search({ query: 'retry upload' });
    assert.equal(degraded?.code, 'BudgetReached');
    assert.equal(results[0]?.symbol, 'retryUpload');
    // Known questions cost nothing.
    assert.equal((await fixture.engine.search({ query: 'upload a file again' })).degraded, undefined);
  });

  it('counts what a gateway gave up on, not what was refused', async () => {
    const config = embeddingWith(await fixture.remoteConfig(), { maxRetries: 0 });
    await fixture.reopen(config);
    for (const [status, isCharged] of [
      [500, false],
      [504, true],
    ] as const) {
      fixture.server?.script({ status, times: 100 });
      await fixture.engine.index(folderId);
      assert.equal((await fixture.engine.status()).spending.workspace.tokens > 0, isCharged, String(status));
    }
  });

  it('of 0 lets nothing be sent', async () => {
    await fixture.reopen(embeddingWith(await fixture.remoteConfig(), { budgetTokens: 0 }));
    assert.equal((await fixture.engine.index(folderId)).error?.code, 'BudgetReached');
    await fixture.engine.search({ query: 'retry upload' });
    assert.equal(fixture.requests, 0);
  });
});

describe('Engine.testEndpoint', () => {
  let fixture: EngineFixture;

  beforeEach(async () => {
    fixture = await EngineFixture.create();
  });

  afterEach(async () => fixture.close());

  it('asks once, with made-up words, and leaves the engine as it is', async () => {
    const { embedding } = await fixture.remoteConfig();
    await fixture.engine.configure(
      embeddingWith(await fixture.remoteConfig(), { provider: 'embedded' }),
      {},
      {
        ...{ remoteProvider: false, probe: true },
      },
    );
    const test = await fixture.engine.testEndpoint(embedding, { apiKey: 'k' });
    assert.deepEqual([test.model, test.dimensions, test.tokens], ['test-model', 64, 8]);
    assert.deepEqual(
      fixture.server?.requests.map(({ inputs }) => inputs.length),
      [1],
    );
    const status = await fixture.engine.status();
    assert.equal(status.provider.id, 'embedded');
    assert.deepEqual([status.spending.today.tokens, status.spending.workspace.tokens], [8, 0]);
  });

  it('says what is wrong, and asks nothing where it may not', async () => {
    const config = await fixture.remoteConfig();
    fixture.server?.script({ status: 401 });
    await rejects(fixture.engine.testEndpoint(config.embedding, {}), 'ProviderAuth');
    await rejects(fixture.engine.testEndpoint({ ...config.embedding, baseUrl: 'nonsense' }, {}), 'InvalidArgument');
    await rejects(fixture.engine.testEndpoint({ ...config.embedding, provider: 'embedded' }, {}), 'InvalidArgument');
    const before = fixture.requests;
    await fixture.engine.configure(config, {}, { remoteProvider: false, probe: false });
    await rejects(fixture.engine.testEndpoint(config.embedding, {}), 'WorkspaceUntrusted');
    assert.equal(fixture.requests, before);
  });
});
