import type { RecallStats, ShardStats, VectorIndexStats } from '../../src/protocol/vectorStats.ts';
import { fill } from '../shared/format.ts';
import type { Fact, FactWords } from './facts.ts';

/** How the vectors of a folder are searched and why so. Nothing while there are none. */
export function vectorFacts(index: VectorIndexStats | undefined, words: FactWords): Fact[] {
  // The parts of an index differ only while they are measured and built; the largest speaks for all.
  const largest = index?.shards.toSorted((a, b) => b.count - a.count)[0];
  if (index === undefined || largest === undefined || index.count === 0) return [];
  const { strings } = words;
  return [
    {
      key: 'vectorSearch',
      name: strings.vectorSearch,
      value: strings[`way_${largest.way}`],
      hint: strings.vectorSearchHint,
    },
    ...filterFact(index.shards, words),
    graphFact(index, largest, words),
    ...costsFact(index.shards, words),
    ...recallFact(index.recall, words),
  ];
}

function filterFact(shards: readonly ShardStats[], { strings, format }: FactWords): Fact[] {
  const filters = shards.flatMap(({ filter }) => filter ?? []);
  if (filters.length === 0) return [];
  const fact = { key: 'vectorFilter', name: strings.vectorFilter, hint: strings.vectorFilterHint };
  if (filters.every(({ wanted }) => wanted === 0)) return [{ ...fact, value: strings.vectorFilterNone }];
  const compared = sum(shards, ({ filter, count }) => filter?.wanted || count);
  const recall = Math.min(...filters.map((filter) => filter.recall));
  const counts = [format.integer(compared), format.integer(sum(shards, ({ count }) => count))] as const;
  return [{ ...fact, value: fill(strings.vectorFilterValue, ...counts, format.percent(recall)) }];
}

function graphFact(index: VectorIndexStats, largest: ShardStats, { strings, format }: FactWords): Fact {
  const graphed = sum(index.shards, (shard) => shard.graphed);
  const parameters = fill(strings.vectorGraphHint, format.integer(index.m), format.integer(index.efConstruction));
  return {
    key: 'vectorGraph',
    name: strings.vectorGraph,
    value: fill(strings.vectorGraphValue, format.integer(graphed), format.integer(index.count)),
    hint: `${strings[`plan_${largest.plan}`]}\n${parameters}`,
    share: graphed / index.count,
  };
}

function costsFact(shards: readonly ShardStats[], { strings, format }: FactWords): Fact[] {
  const costs = shards.flatMap((shard) => shard.costs ?? []);
  if (costs.length === 0) return [];
  const scan = format.ms(sum(costs, ({ scanMs }) => scanMs));
  const walk = format.ms(sum(costs, ({ walkMs }) => walkMs));
  return [
    {
      key: 'vectorCosts',
      name: strings.vectorCosts,
      value: fill(strings.vectorCostsValue, scan, walk),
      hint: strings.vectorCostsHint,
    },
  ];
}

/** The last check, and what came of it. */
function recallFact(recall: RecallStats | undefined, { strings, format }: FactWords): Fact[] {
  if (recall === undefined) return [];
  const { at10, goal, samples, at, effort, action } = recall;
  const hint = [
    fill(strings.vectorRecallHint, format.integer(samples), format.dateTime(at)),
    strings[`recallAction_${action}`],
    ...(effort === 1 ? [] : [fill(strings.vectorRecallEffort, format.decimal(effort))]),
  ];
  return [
    {
      key: 'vectorRecall',
      name: strings.vectorRecall,
      value: fill(strings.vectorRecallValue, format.percent(at10), format.percent(goal)),
      hint: hint.join('\n'),
      share: at10,
    },
  ];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
