import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EngineConfig } from '../../src/protocol/config.ts';
import type { Credentials, Permissions } from '../../src/protocol/engineApi.ts';
import { ApiKeys } from '../../src/vscode/apiKeys.ts';
import { Configuration } from '../../src/vscode/configuration.ts';
import { clearApiKey } from '../../src/vscode/keyCommands.ts';
import { Answering, memoryPermission, MemorySecrets } from '../support/editorStubs.ts';
import { setSetting, until } from '../support/extensionHost.ts';

const embeddingUrl = 'http://embedding.invalid/v1';
const rerankUrl = 'http://reranking.invalid';

describe('the configuration of the engine', () => {
  const calls: { config: EngineConfig; credentials: Credentials; permissions: Permissions }[] = [];
  const user = new Answering();
  let isTrusted = true;
  let keys: ApiKeys;
  let configuration: Configuration;

  beforeEach(async () => {
    calls.length = 0;
    isTrusted = true;
    keys = new ApiKeys(new MemorySecrets());
    await keys.set(embeddingUrl, 'key-of-embedding');
    await keys.set(rerankUrl, 'key-of-reranking');
    configuration = new Configuration({
      engine: {
        configure: async (config, credentials, permissions) => {
          calls.push({ config, credentials, permissions });
          return Promise.resolve();
        },
      },
      keys,
      permission: memoryPermission(user, () => isTrusted),
      onError: (error) => assert.fail(String(error)),
    });
  });
  afterEach(async () => {
    configuration.dispose();
    for (const key of [
      'embedding.provider',
      'embedding.baseUrl',
      'rerank.enabled',
      'rerank.baseUrl',
      'index.recallGoal',
    ])
      await setSetting(key, undefined);
    await setSetting('chunking.maxTokens', undefined);
  });

  async function useEndpoints(): Promise<void> {
    await setSetting('embedding.baseUrl', embeddingUrl);
    await setSetting('embedding.provider', 'openai');
    await setSetting('rerank.baseUrl', rerankUrl);
    await setSetting('rerank.enabled', true);
    await configuration.applyNow();
  }

  it('has each endpoint its own key, and allows no more than a probe before the user has said so', async () => {
    await useEndpoints();
    const { credentials, permissions } = calls.at(-1) ?? {};
    assert.deepEqual(credentials, { apiKey: 'key-of-embedding', rerankApiKey: 'key-of-reranking' });
    assert.deepEqual(permissions, { remoteProvider: false, reranker: false, probe: true });
    isTrusted = false;
    await configuration.applyNow();
    assert.deepEqual(calls.at(-1)?.permissions, { remoteProvider: false, reranker: false, probe: false });
  });

  it('starts an indexing pass for what decides the content of the index only', async () => {
    let invalidated = 0;
    configuration.onDidInvalidateIndex(() => invalidated++);
    await configuration.ready();
    await setSetting('index.recallGoal', 0.8);
    await until('the goal taken up', () => calls.at(-1)?.config.index.recallGoal === 0.8);
    await configuration.applyNow();
    assert.equal(invalidated, 0);
    await setSetting('chunking.maxTokens', 300);
    await until('the pass', () => invalidated === 1);
    assert.equal(calls.at(-1)?.config.chunking.maxTokens, 300);
  });

  it('loses the key of the endpoint that is chosen, none when none is', async () => {
    await useEndpoints();
    const clearing = async (command: string): Promise<void> => {
      let isOver = false;
      const cleared = clearApiKey(keys, configuration).then(() => (isOver = true));
      await until('the choice made', async () => {
        await vscode.commands.executeCommand(command);
        return isOver;
      });
      await cleared;
    };
    await clearing('workbench.action.closeQuickOpen');
    assert.equal(await keys.get(embeddingUrl), 'key-of-embedding');
    assert.equal(await keys.get(rerankUrl), 'key-of-reranking');
    // The first of the list.
    await clearing('workbench.action.acceptSelectedQuickOpenItem');
    assert.equal(await keys.get(embeddingUrl), undefined);
    assert.equal(await keys.get(rerankUrl), 'key-of-reranking');
  });
});
