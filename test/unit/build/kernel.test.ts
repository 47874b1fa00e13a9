import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const script = new URL('../../../src/kernel/build.mjs', import.meta.url);

interface Build {
  readonly moduleNames: readonly string[];
  readonly sourcesHash: (module: string) => string;
  readonly wasmHash: (module: string) => string;
  readonly readRecord: () => Readonly<Record<string, { readonly sources: string; readonly wasm: string }>>;
}

const build = (await import(script.href)) as Build;

for (const name of ['kernel', 'embed']) {
  describe(`media/${name}.wasm`, () => {
    it('is the recorded build of the committed sources (after a change: npm run kernel)', () => {
      const record = build.readRecord()[name];
      assert.equal(build.sourcesHash(name), record?.sources);
      assert.equal(build.wasmHash(name), record?.wasm);
    });

    it('needs nothing from its surroundings', async () => {
      const module = await WebAssembly.compile(readFileSync(new URL(`../../media/${name}.wasm`, script)));
      assert.deepEqual(WebAssembly.Module.imports(module), []);
    });
  });
}

it('every module that is built is looked at here', () => {
  assert.deepEqual(build.moduleNames, ['kernel', 'embed']);
});
