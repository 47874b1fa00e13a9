import assert from 'node:assert/strict';
import { CliFolder, remoteOptions } from '../support/cliFolder.ts';
import { startEmbeddingServer } from '../support/embeddingServer.ts';

interface PlanJson {
  readonly isComplete: boolean;
  readonly chunks: number;
  readonly withVector: number;
  readonly toSend: number;
  readonly tokens: number;
  readonly directories: readonly { readonly path: string }[];
}

describe('codeweaver plan', () => {
  it('of a new folder and of an indexed one sends nothing and leaves nothing; the index then does what it said', async () => {
    const folder = await CliFolder.create(30);
    const server = await startEmbeddingServer();
    const plan = async (...more: string[]) => folder.json<PlanJson>('plan', ...remoteOptions(server.url), ...more);
    try {
      const before = await plan();
      assert.equal(before.isComplete, true);
      assert.ok(before.toSend > 0 && before.tokens > 0 && before.directories.length > 0);
      assert.equal(server.requests.length, 0);
      assert.equal((await folder.status()).chunks, 0);

      const { exitCode, stderr } = await folder.run('index', ...remoteOptions(server.url));
      assert.equal(exitCode, 0, stderr);
      assert.equal(server.texts.size, before.toSend);
      const after = await plan();
      assert.deepEqual([after.toSend, after.withVector], [0, after.chunks]);

      const sent = server.requests.length;
      await folder.repository.add(5);
      const more = await plan();
      assert.ok(more.toSend > 0);
      const top = more.directories[0]?.path ?? assert.fail('nothing is listed');
      assert.ok((await plan('--exclude', `${top}/**`)).chunks < more.chunks);
      assert.equal((await plan()).chunks, more.chunks);
      assert.equal(server.requests.length, sent);
    } finally {
      await server.close();
    }
  });
});

describe('codeweaver index with a budget', () => {
  it('ends with 4 before it is exceeded, also when it is run again or the index is cleared', async () => {
    const folder = await CliFolder.create(60);
    const server = await startEmbeddingServer();
    const options = [...remoteOptions(server.url), '--budget-tokens', '3000'];
    try {
      for (const command of ['index', 'index', 'clear', 'index']) {
        const { exitCode, stderr } = await folder.run(command, ...(command === 'clear' ? [] : options));
        if (command !== 'clear') assert.match(stderr, /BudgetReached/u);
        assert.equal(exitCode, command === 'clear' ? 0 : 4);
      }
      const { spending } = await folder.json<{
        spending: { budgetTokens: number; workspace: { tokens: number; requests: number } };
      }>('status', '--budget-tokens', '3000');
      assert.equal(spending.budgetTokens, 3_000);
      assert.ok(spending.workspace.tokens > 1_500 && spending.workspace.tokens <= 3_000);
      assert.equal(spending.workspace.requests, server.requests.length);
    } finally {
      await server.close();
    }
  });
});
