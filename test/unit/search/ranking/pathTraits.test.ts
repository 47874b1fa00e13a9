import assert from 'node:assert/strict';
import { pathTraits } from '../../../../src/core/search/ranking/pathTraits.ts';

describe('pathTraits', () => {
  for (const path of [
    'test/a.ts',
    'src/a.test.ts',
    'src/__tests__/a.js',
    'pkg/a_test.go',
    'test_a.py',
    'FooTests.cs',
  ]) {
    it(`knows ${path} as a test`, () => assert.equal(pathTraits(path).isTest, true));
  }

  for (const path of ['src/latest.ts', 'src/Contest.java', 'src/attest/a.ts', 'src/inspect.ts']) {
    it(`does not take ${path} for a test`, () => assert.equal(pathTraits(path).isTest, false));
  }

  it('knows examples, vendored code, documents, configuration and entry files', () => {
    assert.equal(pathTraits('_examples/a.go').isExample, true);
    assert.equal(pathTraits('third_party/zlib/a.c').isVendored, true);
    assert.equal(pathTraits('docs.rst').isDocument, true);
    assert.equal(pathTraits('a/tsconfig.json').isConfiguration, true);
    assert.equal(pathTraits('a/index.ts').isEntry, true);
    assert.equal(pathTraits('a/b/c.ts').depth, 3);
  });
});
