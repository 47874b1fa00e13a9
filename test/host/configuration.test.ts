import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { EngineConfig } from '../../src/protocol/config.ts';
import type { Credentials, Permissions } from '../../src/protocol/engineApi.ts';
import { ApiKeys } from '../../src/vscode/apiKeys.ts';
import { chosenConfig } from '../../src/vscode/chosenConfig.ts';
import { Configuration } from '../../src/vscode/configuration.ts';
import { clearApiKey } from '../../src/vscode/keyCommands.ts';
import type { RemotePermission } from '../../src/vscode/remotePermission.ts';
import { saveProvider } from '../../src/vscode/saveProvider.ts';
import { Answering, memoryPermission, MemorySecrets } from '../support/editorStubs.ts';
import { setSetting, until } from '../support/extensionHost.ts';

const embeddingUrl = 'http://embedding.invalid/v1';
const rerankUrl = 'http://reranking.invalid';

describe('the configuration of the engine', () => {
  const calls: { config: EngineConfig; credentials: Credentials; permissions: Permissions }[] = [];
  const user = new Answering();
  let isTrusted = true;
  let secrets: MemorySecrets;
  let keys: ApiKeys;
  let configuration: Configuration;
  let permission: RemotePermission;

  beforeEach(async () => {
    calls.length = 0;
    isTrusted = true;
    secrets = new MemorySecrets();
    keys = new ApiKeys(secrets);
    permission = memoryPermission(user, () => isTrusted);
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
      permission,
      onError: (error) => assert.fail(String(error)),
    });
  });
  afterEach(async () => {
    configuration.dispose();
    for (const key of [
      'embedding.provider',
      'embedding.baseUrl',
      'embedding.model',
      'embedding.headers',
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

  it('arrives in the order in which it was asked for, however long keys take', async () => {
    await useEndpoints();
    const { embedding } = configuration.settings.engine;
    await permission.grant(embedding);
    const slow = Promise.withResolvers<undefined>();
    let asked = 0;
    const get = secrets.get.bind(secrets);
    // The first time it takes long.
    secrets.get = async (key) => (asked++ === 0 ? slow.promise : get(key));
    const first = configuration.applyNow();
    await until('the key asked for', () => asked > 0);
    await permission.revoke();
    await setSetting('embedding.provider', undefined);
    const second = configuration.applyNow();
    slow.resolve(undefined);
    await Promise.all([first, second]);
    assert.equal(calls.at(-1)?.config.embedding.provider, 'embedded');
    assert.equal(calls.at(-1)?.permissions.remoteProvider, false);
  });

  it('is that of a chosen provider, with its key, and without what was allowed and sent before', async () => {
    await useEndpoints();
    await setSetting('embedding.headers', { 'X-Gateway-Key': 'secret' });
    await configuration.applyNow();
    const { embedding } = configuration.settings.engine;
    const baseUrl = 'http://elsewhere.invalid/v1';
    const config = chosenConfig(embedding, { baseUrl, model: { name: 'new' } });
    await permission.grant(config);
    await saveProvider({ config, key: 'new-key' }, { configuration, keys, permission });
    const last = calls.at(-1);
    assert.deepEqual(
      [last?.config.embedding.baseUrl, last?.config.embedding.model, last?.config.embedding.headers],
      [baseUrl, 'new', {}],
    );
    assert.equal(last?.credentials.apiKey, 'new-key');
    assert.equal(last?.permissions.remoteProvider, false);
    // What the workspace itself says would count.
    await setSetting('embedding.provider', undefined);
    await saveProvider(undefined, { configuration, keys, permission });
    assert.equal(calls.at(-1)?.config.embedding.provider, 'embedded');
    await vscode.workspace.getConfiguration('codeweaver').update('embedding.model', undefined, true);
  });
});
