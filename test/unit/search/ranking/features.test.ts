import assert from 'node:assert/strict';
import { chunkCard, fileCard, type FileCard } from '../../../../src/core/search/ranking/chunkCard.ts';
import { FeatureTable, type Features, type RankedChunk } from '../../../../src/core/search/ranking/features.ts';
import { queryIntent, type QueryIntent } from '../../../../src/core/search/ranking/queryIntent.ts';

const files = new Map<string, FileCard>();

function chunk(path: string, symbol: string, relevance: number, kind: 'method' | 'class' = 'method'): RankedChunk {
  const file = files.get(path) ?? fileCard(path);
  files.set(path, file);
  return { card: chunkCard(file, { symbol, kind }), relevance, quotes: false, onlyHere: 0 };
}

function featuresOf(intent: QueryIntent, idf: readonly number[], chunks: readonly RankedChunk[]): Features[] {
  const table = new FeatureTable(intent, idf, chunks);
  return chunks.map((_, position) => table.row(position));
}

describe('FeatureTable', () => {
  const intent = queryIntent('retry failed upload');

  it('weighs covered terms by their idf, and counts the share of the field that was asked for', () => {
    const [features] = featuresOf(intent, [3, 1, 1], [chunk('net/upload.ts', 'Client.retryRequest', 1)]);
    // retry of retry (3), fail (1), upload (1); of retry, request and retryrequest one was asked for.
    assert.equal(features?.nameCoverage, 3 / 5);
    assert.equal(features.namePrecision, 1 / 3);
    assert.equal(features.fileCoverage, 1 / 5);
    assert.equal(features.filePrecision, 1);
    assert.equal(features.scopeCoverage, 0);
  });

  it('sums up each file, best chunk first', () => {
    const features = featuresOf(
      intent,
      [1, 1, 1],
      [chunk('a.ts', 'x', 1), chunk('b.ts', 'y', 0.8), chunk('a.ts', 'z', 0.5)],
    );
    assert.equal(features[2]?.fileBest, 1.5 / 3);
    assert.equal(features[0]?.fileSum, Math.log1p(1.25));
    assert.equal(features[0].fileFound, Math.log1p(2));
    assert.equal(features[1]?.fileRank, 1 / 2);
  });

  it('sees that a chunk defines the name asked for, whatever its place in a list of small definitions', () => {
    const [features] = featuresOf(queryIntent('isFull'), [1], [chunk('queue.ts', 'Queue.isEmpty, isFull', 1)]);
    assert.equal(features?.defines, 1);
    assert.equal(features.symbolDefined, 1);
    assert.equal(features.symbolType, 0);
  });

  it('does not hold a test against its file when tests are asked for', () => {
    const of = (query: string): number | undefined =>
      featuresOf(queryIntent(query), [1, 1], [chunk('a.test.ts', 'x', 1)])[0]?.inTest;
    assert.equal(of('parser'), 1);
    assert.equal(of('parser tests'), 0);
  });
});
