import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { LocalModel } from '../../../../src/core/embedding/local/localModel.ts';
import { readModelFile } from '../../../../src/core/embedding/local/modelFile.ts';
import type { EmbeddingDocument } from '../../../../src/core/providerPorts.ts';
import { PlainModel } from '../../../support/plainModel.ts';
import { modelFile, poolingModule, tokensOf, type SyntheticModel } from '../../../support/syntheticModel.ts';

const source = readFileSync(import.meta.filename, 'utf8');

function open(model: SyntheticModel): { model: LocalModel; plain: PlainModel } {
  const file = modelFile(model);
  return { model: new LocalModel(readModelFile(file), poolingModule()), plain: new PlainModel(file) };
}

function chunk(parts: Partial<EmbeddingDocument>): EmbeddingDocument {
  return { path: '', symbol: '', kind: 'function', text: '', ...parts };
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}

/** Pieces of this file under several names: 1 to some 300 distinct tokens. */
const documents: readonly EmbeddingDocument[] = [1, 2, 3, 7, 20, 150, 600, 900, 901, 5_000].map((length, index) =>
  chunk({ path: `src/part${index}.ts`, symbol: `Reader.read${index}, close`, text: source.slice(0, length) }),
);

describe('LocalModel', () => {
  for (const bits of [8, 4] as const) {
    for (const dimensions of [32, 64, 256, 416]) {
      it(`gives the bytes of the plain model: ${bits} bits, ${dimensions} dimensions`, () => {
        const { model, plain } = open({ bits, dimensions, tokens: tokensOf(source.slice(0, 2_000)), buckets: 97 });
        for (const document of documents) {
          assert.deepEqual(model.embedDocument(document).vector, plain.embedDocument(document));
          assert.deepEqual(model.embedQuery(document.text).vector, plain.embedQuery(document.text));
        }
      });
    }
  }

  it('gives the same bytes whatever came before', () => {
    const { model } = open({ dimensions: 256 });
    const { model: fresh } = open({ dimensions: 256 });
    for (const document of documents) model.embedDocument(document);
    const [, second] = documents;
    assert(second);
    assert.deepEqual(model.embedDocument(second), fresh.embedDocument(second));
  });

  it('adds without overflow where every component is the largest and tokens are many', () => {
    const tokens = Array.from({ length: 20_000 }, (_, n) => `x${n}`);
    for (const component of [() => 127, () => -128]) {
      const { model, plain } = open({ dimensions: 32, tokens, component, documentScale: () => 1 });
      const document = chunk({ text: tokens.join(' ') });
      const { vector } = model.embedDocument(document);
      assert.deepEqual(vector, plain.embedDocument(document));
      assert(vector.every((value) => Math.abs(value - Math.sign(component()) / Math.sqrt(32)) < 1e-6));
    }
  });

  it('weighs tokens by the square root of their counts, times their scale', () => {
    // Each token has an axis of its own, so that the vector shows its weight.
    const tokens = ['alpha', 'beta'];
    const axes = { tokens, dimensions: 32, component: (row: number, at: number) => (row === at ? 100 : 0) };
    const { model } = open({
      ...axes,
      documentScale: (row) => (row === 0 ? 1 : 2),
      queryScale: (row) => (row === 0 ? 3 : 1),
    });
    const ratio = ({ vector }: { vector: Float32Array }): number => vector[0]! / vector[1]!;
    const near = (actual: number, expected: number): void =>
      assert(Math.abs(actual - expected) < 1e-4 * expected, `${actual} instead of ${expected}`);
    near(ratio(model.embedDocument(chunk({ text: 'alpha beta' }))), 1 / 2);
    near(ratio(model.embedDocument(chunk({ text: 'alpha alpha alpha alpha beta' }))), 2 / 2);
    near(ratio(model.embedQuery('alpha beta beta')), 3 / Math.SQRT2);
    // In the name six times, in what encloses it one and a half times, in the path once.
    near(ratio(model.embedDocument(chunk({ symbol: 'alpha', text: 'beta' }))), Math.sqrt(6) / 2);
    near(ratio(model.embedDocument(chunk({ symbol: 'Alpha.gamma', text: 'beta' }))), Math.sqrt(1.5) / 2);
    near(ratio(model.embedDocument(chunk({ path: 'alpha.ts', text: 'beta' }))), 1 / 2);
    near(ratio(model.embedDocument(chunk({ symbol: 'first, alpha', text: 'alpha beta' }))), Math.sqrt(7) / 2);
  });

  it('leaves a field out that weighs nothing', () => {
    const { model } = open({ weights: { path: 0 } });
    assert.deepEqual(
      model.embedDocument(chunk({ path: 'store.ts', text: 'read file' })),
      model.embedDocument(chunk({ path: 'session.ts', text: 'read file' })),
    );
  });

  it('is of unit length, and nearer to what shares words with it', () => {
    const { model } = open({});
    const upload = model.embedDocument(chunk({ text: 'retry the upload of a file' })).vector;
    const session = model.embedDocument(chunk({ text: 'expire the session of a user' })).vector;
    const query = model.embedQuery('uploading files').vector;
    assert(Math.abs(cosine(upload, upload) - 1) < 1e-6);
    assert(cosine(query, upload) > cosine(query, session) + 0.3);
  });

  it('counts the tokens it reads', () => {
    const { model } = open({});
    assert.equal(model.embedQuery('retryUpload of files').tokens, 4);
    assert.equal(model.embedDocument(chunk({ path: 'a.ts', symbol: 'B.c', text: 'd e f' })).tokens, 7);
  });

  it('gives a text without tokens, or without direction, one that is always the same', () => {
    const { model } = open({});
    const empty = model.embedDocument(chunk({ text: '{ }; // ---' }));
    assert.equal(empty.tokens, 0);
    assert(Math.abs(cosine(empty.vector, empty.vector) - 1) < 1e-6);
    assert.deepEqual(model.embedDocument(chunk({ text: '' })), empty);
    assert(cosine(model.embedQuery('=>').vector, empty.vector) > 0.999);
    // The text behind it is not touched by it.
    assert.deepEqual(model.embedQuery('retry'), open({}).model.embedQuery('retry'));
    const { model: silent } = open({ documentScale: () => 0, dimensions: 32 });
    assert.deepEqual([...silent.embedDocument(chunk({ text: 'retry' })).vector], [1, ...Array<number>(31).fill(0)]);
  });

  it('refuses a vocabulary that lacks tokens or has one twice', () => {
    for (const vocabulary of ['alpha\nbeta', 'alpha\nbeta\nalpha']) {
      const file = { ...readModelFile(modelFile({ tokens: ['alpha', 'beta', 'gamma'] })) };
      const damaged = { ...file, vocabulary: new TextEncoder().encode(vocabulary) };
      assert.throws(() => new LocalModel(damaged, poolingModule()), { code: 'ProviderInstallation' });
    }
  });

  it('takes 30 MB at most for 32,000 rows of 256 components', () => {
    const tokens = Array.from({ length: 30_000 }, (_, n) => `token${n}`);
    const { model } = open({ tokens, buckets: 2_000, dimensions: 256, component: (row) => row % 100 });
    model.embedQuery('token1');
    // Beside it: the vocabulary (some 3 MB) and the remembered words (4 MB).
    assert(model.bytes < 12e6, `${model.bytes} bytes`);
  });
});
