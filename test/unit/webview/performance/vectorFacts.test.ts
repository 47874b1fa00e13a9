import assert from 'node:assert/strict';
import type { RecallStats, ShardStats } from '../../../../src/protocol/vectorStats.ts';
import { performanceStrings } from '../../../../src/protocol/viewStrings.ts';
import { vectorFacts } from '../../../../webview/performance/vectorFacts.ts';
import { createFormat } from '../../../../webview/shared/format.ts';
import { vectorIndexStats } from '../../../support/performancePage.ts';

const words = { strings: performanceStrings, format: createFormat('en') };

function factsOf(changes: Partial<ShardStats> = {}): Readonly<Record<string, { value: string; hint: string }>> {
  return Object.fromEntries(vectorFacts(vectorIndexStats(changes), words).map((fact) => [fact.key, fact]));
}

describe('facts of the vector index', () => {
  it('say how vectors are looked for and why so', () => {
    const { vectorSearch, vectorGraph } = factsOf();
    assert.equal(vectorSearch?.value, 'scans vectors by their signs');
    assert.equal(vectorGraph?.value, '0 of 31,000 vectors');
    assert.match(vectorGraph.hint, /^No graph is built: .*\n.*M 48, efConstruction 800\.$/);
    const graph = factsOf({ way: 'graph', graphed: 31_000, plan: 'graphPays' });
    assert.equal(graph['vectorSearch']?.value, 'walks the graph');
    assert.match(graph['vectorGraph']?.hint ?? '', /clearly faster/);
  });

  it('show the measured filter, or that there is none', () => {
    assert.equal(factsOf()['vectorFilter']?.value, '340 of 31,000 vectors compared, recall 99.8%');
    assert.equal(factsOf({ filter: { wanted: 0, recall: 1 } })['vectorFilter']?.value, 'off: all vectors are compared');
  });

  it('show what one search was measured to take', () => {
    assert.equal(factsOf()['vectorCosts']?.value, 'scan 0.4 ms, graph 0.2 ms');
  });

  it('show the recall that was found, its goal and what came of it', () => {
    const recall: RecallStats = {
      ...{
        at10: 0.9612,
        samples: 50,
        goal: 0.95,
        at: Date.UTC(2026, 0, 15),
        ms: 25,
        effort: 2.25,
        action: 'raisedEffort',
      },
    };
    const fact = (changes: Partial<RecallStats> = {}) =>
      vectorFacts({ ...vectorIndexStats(), recall: { ...recall, ...changes } }, words).find(
        ({ key }) => key === 'vectorRecall',
      );
    assert.equal(fact()?.value, '96.1%, goal 95%');
    assert.equal(fact()?.share, 0.9612);
    assert.match(fact()?.hint ?? '', /50 stored vectors .*2026.*\n.*look at more.*\n.*2\.25 times/);
    assert.match(fact({ action: 'rebuilt', effort: 1 })?.hint ?? '', /built anew\.$/);
  });

  it('add up the parts of a large index', () => {
    const [part] = vectorIndexStats().shards as [ShardStats];
    const index = { ...vectorIndexStats(), count: 41_000, shards: [part, { ...part, count: 10_000, graphed: 5_000 }] };
    const values = Object.fromEntries(vectorFacts(index, words).map(({ key, value }) => [key, value]));
    assert.equal(values['vectorGraph'], '5,000 of 41,000 vectors');
    assert.equal(values['vectorFilter'], '680 of 41,000 vectors compared, recall 99.8%');
    assert.equal(values['vectorCosts'], 'scan 0.8 ms, graph 0.4 ms');
  });

  it('are none while there are no vectors', () => {
    assert.deepEqual(vectorFacts(undefined, words), []);
    assert.deepEqual(vectorFacts({ ...vectorIndexStats(), count: 0 }, words), []);
  });

  it('leave out what is not measured yet', () => {
    const { count, bytes, isHere, graphed, ghosts, sequence, way, plan } = vectorIndexStats().shards[0] as ShardStats;
    const part = { count, bytes, isHere, graphed, ghosts, sequence, way, plan };
    const keys = vectorFacts({ ...vectorIndexStats(), shards: [part] }, words).map(({ key }) => key);
    assert.deepEqual(keys, ['vectorSearch', 'vectorGraph']);
  });
});
