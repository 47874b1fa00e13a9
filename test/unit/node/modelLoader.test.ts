import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createModelLoader } from '../../../src/node/modelLoader.ts';
import { modelFile } from '../../support/syntheticModel.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const media = join(import.meta.dirname, '../../../media');

describe('createModelLoader', () => {
  it('reads the model anew and compiles its code once', async () => {
    const directory = await temporaryDirectory();
    await copyFile(join(media, 'embed.wasm'), join(directory, 'embed.wasm'));
    await writeFile(join(directory, 'model.bin'), modelFile({ version: '00000001' }));
    const load = createModelLoader(directory);
    const first = await load();
    assert.deepEqual(Buffer.from(first.model), Buffer.from(modelFile({ version: '00000001' })));
    await writeFile(join(directory, 'model.bin'), modelFile({ version: '00000002' }));
    const second = await load();
    assert.deepEqual(Buffer.from(second.model), Buffer.from(modelFile({ version: '00000002' })));
    assert.equal(second.pooling, first.pooling);
  });

  it('says what is missing, and finds it when it is there', async () => {
    const directory = await temporaryDirectory();
    const load = createModelLoader(directory);
    await writeFile(join(directory, 'model.bin'), modelFile());
    await assert.rejects(load(), {
      code: 'ProviderInstallation',
      message: /embed\.wasm.*Install CodeWeaver Search again/u,
    });
    await writeFile(join(directory, 'embed.wasm'), 'no module');
    await assert.rejects(load(), { code: 'ProviderInstallation' });
    await copyFile(join(media, 'embed.wasm'), join(directory, 'embed.wasm'));
    assert((await load()).pooling instanceof WebAssembly.Module);
  });
});
