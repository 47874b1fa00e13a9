import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProbeStore } from '../../../../src/core/embedding/probe/probeStore.ts';
import { nodeHasher } from '../../../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../../../src/node/nodeStorage.ts';
import { defaultConfig, type EmbeddingConfig } from '../../../../src/protocol/config.ts';
import type { LogRecord } from '../../../../src/protocol/engineApi.ts';
import { probeOf } from '../../../support/probes.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

describe('ProbeStore', () => {
  let directory: string;
  let log: LogRecord[];
  let store: ProbeStore;

  const config: EmbeddingConfig = {
    ...{ ...defaultConfig.embedding, provider: 'openai' },
    ...{ baseUrl: 'http://localhost:8080/v1', model: 'test-embedding' },
  };

  beforeEach(async () => {
    directory = join(await temporaryDirectory(), 'cache');
    log = [];
    store = new ProbeStore(directory, {
      storage: new NodeStorage(),
      hasher: nodeHasher,
      logger: { log: (record) => log.push(record) },
    });
  });

  async function onlyFile(): Promise<string> {
    const [name, ...others] = await readdir(directory);
    assert(name !== undefined && others.length === 0);
    return join(directory, name);
  }

  it('has nothing to say about an endpoint that was not probed', async () => {
    assert.equal(await store.load(config), undefined);
    assert.deepEqual(log, []);
  });

  it('gives back the newest probe of an endpoint and model', async () => {
    await store.save(config, probeOf({ dimensions: 8 }));
    await store.save(config, probeOf({ dimensions: 16, requestsPerMinute: 3_000 }));
    assert.deepEqual(await store.load(config), probeOf({ dimensions: 16, requestsPerMinute: 3_000 }));
    assert.match(await onlyFile(), /endpoint-[0-9a-f]{32}\.json$/u);
  });

  it('keeps endpoints, versions of an API and models apart, not ways to write an address', async () => {
    await store.save(config, probeOf({}));
    for (const other of [
      { ...config, model: 'other' },
      { ...config, baseUrl: 'http://localhost:8081/v1' },
      { ...config, baseUrl: 'http://localhost:8080/v1?api-version=2' },
    ]) {
      assert.equal(await store.load(other), undefined);
    }
    assert.deepEqual(await store.load({ ...config, baseUrl: 'http://localhost:8080/v1/embeddings' }), probeOf({}));
    assert.deepEqual(log, []);
  });

  const damages: Readonly<Record<string, (text: string) => string>> = {
    'cut off': (text) => text.slice(0, 100),
    empty: () => '',
    'no object': () => 'null',
    'of another version': (text) => text.replace('"version": 1', '"version": 2'),
    'of another model': (text) => text.replace('"test-embedding"', '"other"'),
    'without a limit': (text) => text.replace('"maxInputTokens"', '"renamed"'),
    'with a limit that is none': (text) => text.replace('"accepted": 100', '"accepted": -1'),
    'with a word nobody knows': (text) => text.replace('"inOrder"', '"somehow"'),
  };
  for (const [how, damage] of Object.entries(damages)) {
    it(`takes a file that is ${how} for missing, says so, and replaces it`, async () => {
      await store.save(config, probeOf({}));
      const path = await onlyFile();
      const text = await readFile(path, 'utf8');
      assert.notEqual(damage(text), text);
      await writeFile(path, damage(text));
      assert.equal(await store.load(config), undefined);
      assert.equal(log.length, 1);
      assert.match(log[0]?.message ?? '', /stored profile/u);
      await store.save(config, probeOf({}));
      assert.deepEqual(await store.load(config), probeOf({}));
    });
  }
});
