import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readModelFile } from '../../../../src/core/embedding/local/modelFile.ts';
import { AppError } from '../../../../src/protocol/errors.ts';
import { assembleModel, modelFile } from '../../../support/syntheticModel.ts';

const sections = {
  rows: new Uint8Array(3 * 32),
  documentScale: new Uint8Array(12),
  queryScale: new Uint8Array(12),
  vocabulary: new TextEncoder().encode('one\ntwo'),
};
const header = {
  ...{ name: 'tiny', version: '0123abcd', dimensions: 32, tokens: 2, buckets: 1, bits: 8 },
  weights: { name: 6, scope: 1.5, path: 1, body: 1 },
};

describe('readModelFile', () => {
  it('reads what the header says, without copying the sections', () => {
    const file = assembleModel(header, sections);
    const model = readModelFile(file);
    assert.equal(`${model.name} ${model.version}`, 'tiny 0123abcd');
    assert.deepEqual([model.dimensions, model.tokens, model.buckets, model.bits], [32, 2, 1, 8]);
    assert.deepEqual(model.weights, header.weights);
    assert.equal(model.matryoshka, false);
    assert.equal(new TextDecoder().decode(model.vocabulary), 'one\ntwo');
    assert.equal(model.rows.length, 96);
    assert.equal(model.rows.buffer, file.buffer);
  });

  it('reads a file that lies inside a larger buffer', () => {
    const file = assembleModel(header, sections);
    const larger = new Uint8Array(file.length + 13);
    larger.set(file, 13);
    assert.deepEqual(readModelFile(larger.subarray(13)), readModelFile(file));
  });

  it('takes vectors for divisible only when the header says so', () => {
    assert.equal(readModelFile(modelFile({ matryoshka: true })).matryoshka, true);
  });

  const whole = assembleModel(header, sections);
  const without = (field: string): Uint8Array => assembleModel({ ...header, [field]: undefined }, sections);
  for (const [what, file] of [
    ['nothing', new Uint8Array()],
    ['another kind of file', new TextEncoder().encode('<html>not found</html>')],
    ['a pointer to a file', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n')],
    ['a file cut off in its header', whole.subarray(0, 40)],
    ['a file cut off in its rows', whole.subarray(0, whole.length - 300)],
    ['a file that lacks its last byte', whole.subarray(0, whole.length - 64 + 6)],
    ['a header that is no JSON', whole.map((byte, index) => (index === 20 ? 0x7b : byte))],
    ...Object.keys(header).map((field) => [`a header without ${field}`, without(field)] as const),
    ['dimensions that are no multiple of 32', assembleModel({ ...header, dimensions: 48 }, sections)],
    ['more rows than are there', assembleModel({ ...header, tokens: 3 }, sections)],
    ['5-bit numbers', assembleModel({ ...header, bits: 5 }, sections)],
    ['a negative weight', assembleModel({ ...header, weights: { ...header.weights, body: -1 } }, sections)],
    ['a section that is not aligned', assembleModel({ ...header, offsets: { rows: 1 } }, sections)],
  ] as const) {
    it(`refuses ${what}, and says to install again`, () => {
      assert.throws(
        () => readModelFile(file),
        (error) =>
          error instanceof AppError &&
          error.code === 'ProviderInstallation' &&
          /Install CodeWeaver Search again/u.test(error.message),
      );
    });
  }
});
