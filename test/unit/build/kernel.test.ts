import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const script = new URL('../../../src/kernel/build.mjs', import.meta.url);

interface KernelBuild {
  readonly sourcesHash: () => string;
  readonly wasmHash: (bytes?: Uint8Array) => string;
  readonly readRecord: () => { readonly sources: string; readonly wasm: string };
}

describe('The vector kernel', () => {
  let build: KernelBuild;

  before(async () => {
    build = (await import(script.href)) as KernelBuild;
  });

  it('is the recorded build of the committed sources (after a change: npm run kernel)', () => {
    const record = build.readRecord();
    assert.equal(build.sourcesHash(), record.sources);
    assert.equal(build.wasmHash(), record.wasm);
  });

  it('needs nothing from its surroundings', async () => {
    const module = await WebAssembly.compile(readFileSync(new URL('../../media/kernel.wasm', script)));
    assert.deepEqual(WebAssembly.Module.imports(module), []);
  });
});
