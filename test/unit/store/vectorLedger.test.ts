import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Catalogue } from '../../../src/core/store/catalogue.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const gone = 4_711;
const spaceFields = {
  ...{ provider: 'embedded', endpoint: '', model: 'm', dimensions: 64, parameters: '' },
  ...{ normalized: true, matryoshka: false },
};

describe('VectorLedger', () => {
  let catalogue: Catalogue;
  let space: number;
  let ids: readonly number[];

  beforeEach(async () => {
    ({ catalogue } = await Catalogue.open(new NodeStorage(), await temporaryDirectory(), nodeHasher, true));
    space = catalogue.ledger.spaceRow({ ...spaceFields, id: 'space' });
    const id = catalogue.markPending('a.ts', { bytes: 1, mtimeMs: 1 });
    const content = { hash: new Uint8Array(32), language: 'typescript', checkedMs: 1, unsaved: false };
    const chunks = ['one()', 'two()', 'three()'].map((text, index) => {
      return {
        startLine: index + 1,
        endLine: index + 1,
        symbol: `f${index}`,
        kind: 'function' as const,
        text,
        terms: text,
      };
    });
    ids = catalogue.transaction(() => catalogue.putChunks({ id, path: 'a.ts' }, content, chunks)).addedIds;
  });

  afterEach(() => catalogue.close(true));

  const [first, second, third] = [0, 1, 2].map((index) => (): number => ids[index] ?? gone) as [
    () => number,
    () => number,
    () => number,
  ];

  it('marks those chunks that there are, and says which', () => {
    const { ledger } = catalogue;
    assert.deepEqual(ledger.markEmbedded(space, [third(), gone, first()]).sort(), [first(), third()]);
    assert.deepEqual(ledger.embeddedIds(space), [first(), third()]);
    assert.equal(ledger.countPendingChunks(space), 1);
    ledger.markNotEmbedded([first(), gone]);
    assert.deepEqual(ledger.embeddedIds(space), [third()]);
    assert.deepEqual(ledger.markEmbedded(space, []), []);
  });

  it('knows at any time how many there are, whatever happened to them', () => {
    const { ledger } = catalogue;
    const counted = (): number => ledger.embeddedIds(space).length;
    assert.equal(ledger.countEmbedded(space), 0);
    ledger.markEmbedded(space, [...ids, gone]);
    ledger.markEmbedded(space, [first()]);
    assert.deepEqual([ledger.countEmbedded(space), counted()], [3, 3]);
    ledger.markNotEmbedded([first(), first(), gone]);
    assert.deepEqual([ledger.countEmbedded(space), counted()], [2, 2]);
    const other = ledger.spaceRow({ ...spaceFields, id: 'other' });
    ledger.markEmbedded(other, [second()]);
    assert.deepEqual([ledger.countEmbedded(space), ledger.countEmbedded(other)], [1, 1]);
    assert.throws(() =>
      catalogue.transaction(() => {
        ledger.markEmbedded(space, ids);
        throw new Error('undone');
      }),
    );
    assert.deepEqual([ledger.countEmbedded(space), counted()], [1, 1]);
    catalogue.transaction(() => catalogue.removeFile(catalogue.file('a.ts')?.id ?? gone));
    assert.deepEqual([ledger.countEmbedded(space), ledger.countEmbedded(other), counted()], [0, 0, 0]);
    assert.equal(ledger.countEmbedded(gone), 0);
  });

  it('names the chunks that are gone', () => {
    assert.deepEqual(catalogue.ledger.missing([first(), gone, second()]), [gone]);
    assert.deepEqual(catalogue.ledger.missing([]), []);
  });

  it('gives chunks as a model is given them: with path and symbol, embedded or not', () => {
    catalogue.ledger.markEmbedded(space, [second()]);
    const [document, ...others] = catalogue.ledger.documents([second(), gone]);
    assert.deepEqual(
      [document?.id, document?.path, document?.symbol, document?.kind, document?.text],
      [second(), 'a.ts', 'f1', 'function', 'two()'],
    );
    assert.deepEqual(others, []);
  });

  it('gives of named chunks those that wait for a vector', () => {
    const { ledger } = catalogue;
    ledger.markEmbedded(space, [second()]);
    ledger.markEmbedFailed([third()], 'too long');
    assert.deepEqual(
      ledger.pendingChunksOf(space, [third(), second(), first(), gone]).map(({ id }) => id),
      [first()],
    );
  });
});
