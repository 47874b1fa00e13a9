import { counters } from '../../src/protocol/metrics.ts';
import type { Gauge, MetricsSnapshot } from '../../src/protocol/metrics.ts';
import type { EngineStatus, FolderStatus, ProviderStatus, SkipReason } from '../../src/protocol/types.ts';
import type { PerformanceData } from '../../src/protocol/views.ts';
import type { PerformanceStrings } from '../../src/protocol/viewStrings.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import { vectorFacts } from './vectorFacts.ts';

/** One line of a table: a name, a value with its unit, and where the value comes from. */
export interface Fact {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  /** 0..1, drawn as a bar. */
  readonly share?: number;
}

export interface FactSection {
  readonly key: string;
  readonly title: string;
  readonly facts: readonly Fact[];
}

export interface FactWords {
  readonly strings: PerformanceStrings;
  readonly format: Format;
}

const memoryGauges = [
  'engineRssBytes',
  'jsHeapBytes',
  'jsBuffersBytes',
  'wasmBytes',
  'sqliteCacheBytes',
  'parserRssBytes',
] as const satisfies readonly Gauge[];
const countGauges = [
  'queueFiles',
  'queueChunks',
  'inFlightRequests',
  'concurrencyLimit',
] as const satisfies readonly Gauge[];
const delayGauges = ['hostLoopDelayP99Ms', 'engineLoopDelayP99Ms'] as const satisfies readonly Gauge[];

/** Every table of the panel but the stages; the screen and the export are made from the same facts. */
export function factSections({ metrics, status }: PerformanceData, words: FactWords): readonly FactSection[] {
  const { strings } = words;
  const sections = [
    { key: 'memory', title: strings.memoryTitle, facts: memoryFacts(metrics, words) },
    { key: 'load', title: strings.loadTitle, facts: loadFacts(metrics, words) },
    ...status.folders.map((folder) => indexSection(folder, status.folders.length > 1, words)),
    { key: 'caches', title: strings.cacheTitle, facts: cacheFacts(metrics, status, words) },
    { key: 'provider', title: strings.providerTitle, facts: providerFacts(metrics, status.provider, words) },
    { key: 'counters', title: strings.countersTitle, facts: counterFacts(metrics, words) },
  ];
  return sections.filter(({ facts }) => facts.length > 0);
}

function memoryFacts({ gauges }: MetricsSnapshot, { strings, format }: FactWords): Fact[] {
  const largest = Math.max(1, ...memoryGauges.map((gauge) => gauges[gauge] ?? 0));
  return memoryGauges.flatMap((gauge) => {
    const bytes = gauges[gauge];
    if (bytes === undefined) return [];
    const name = strings[`gauge_${gauge}`];
    return [
      { key: gauge, name, value: format.bytes(bytes), hint: strings[`gaugeHint_${gauge}`], share: bytes / largest },
    ];
  });
}

function loadFacts({ gauges }: MetricsSnapshot, { strings, format }: FactWords): Fact[] {
  const fact = (gauge: (typeof countGauges | typeof delayGauges)[number], write: (value: number) => string): Fact[] => {
    const value = gauges[gauge];
    if (value === undefined) return [];
    return [{ key: gauge, name: strings[`gauge_${gauge}`], value: write(value), hint: strings[`gaugeHint_${gauge}`] }];
  };
  return [
    ...countGauges.flatMap((gauge) => fact(gauge, (value) => format.integer(value))),
    ...delayGauges.flatMap((gauge) => fact(gauge, (value) => format.ms(value))),
  ];
}

function indexSection(folder: FolderStatus, several: boolean, words: FactWords): FactSection {
  const { strings, format } = words;
  const { counts, sizes, spent } = folder;
  const file = (name: 'indexed' | 'pending' | 'failed' | 'skipped', hint: string): Fact => {
    const share = counts.discovered === 0 ? 0 : counts[name] / counts.discovered;
    return { key: name, name: strings[name], value: format.integer(counts[name]), hint, share };
  };
  const fact = (key: string, name: string, value: string, hint: string): Fact => ({ key, name, value, hint });
  const updated = folder.updatedAt === 0 ? strings.never : format.dateTime(folder.updatedAt);
  return {
    key: `index ${folder.folderId}`,
    title: several ? fill(strings.indexOf, folderName(folder.root)) : strings.indexTitle,
    facts: [
      fact('discovered', strings.discovered, format.integer(counts.discovered), strings.discoveredHint),
      file('indexed', strings.indexedHint),
      file('pending', strings.pendingHint),
      file('failed', strings.failedHint),
      file('skipped', [strings.skippedHint, ...skipReasons(folder, words)].join('\n')),
      fact('chunks', strings.chunks, format.integer(folder.chunks), strings.chunksHint),
      fact('vectors', strings.vectors, format.integer(folder.vectors), strings.vectorsHint),
      fact('space', strings.space, spaceText(folder, words), strings.spaceHint),
      fact('catalogue', strings.catalogueSize, format.bytes(sizes.catalogueBytes), strings.catalogueSizeHint),
      fact('vectorSize', strings.vectorSize, format.bytes(sizes.vectorBytes), strings.vectorSizeHint),
      ...vectorFacts(folder.vectorIndex, words),
      fact('requests', strings.spentRequests, format.integer(spent.requests), strings.spentRequestsHint),
      fact('tokens', strings.spentTokens, format.integer(spent.tokens), strings.spentTokensHint),
      fact('integrity', strings.integrity, strings[`integrity_${folder.integrity}`], strings.integrityHint),
      fact('updated', strings.indexedAt, updated, strings.indexedAtHint),
    ],
  };
}

function skipReasons({ skippedByReason }: FolderStatus, { strings, format }: FactWords): string[] {
  const reasons = Object.entries(skippedByReason) as [SkipReason, number][];
  const sorted = reasons.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return sorted.map(([reason, count]) => fill(strings.skippedFor, strings[`skip_${reason}`], format.integer(count)));
}

function spaceText({ space }: FolderStatus, { strings, format }: FactWords): string {
  if (space === undefined) return strings.spaceNone;
  if (space.dimensions === 0) return fill(strings.spaceUnknown, space.model, space.provider);
  return fill(strings.spaceDimensions, space.model, space.provider, format.integer(space.dimensions));
}

function cacheFacts({ counters: counts }: MetricsSnapshot, { cache }: EngineStatus, words: FactWords): Fact[] {
  const { strings, format } = words;
  const rate = (key: string, name: string, hits: number, misses: number): Fact => {
    const hint = fill(strings.hitRateHint, format.integer(hits), format.integer(misses));
    if (hits + misses === 0) return { key, name, value: strings.none, hint };
    const share = hits / (hits + misses);
    return { key, name, value: format.percent(share), hint, share };
  };
  const size = fill(strings.budgetUsed, format.bytes(cache.bytes), format.bytes(cache.maxBytes));
  const used = cache.maxBytes === 0 ? 0 : cache.bytes / cache.maxBytes;
  return [
    rate('embeddings', strings.cacheHitRate, counts.cacheHits, counts.cacheMisses),
    rate('queries', strings.queryCacheHitRate, counts.queryCacheHits, counts.queryCacheMisses),
    {
      key: 'entries',
      name: strings.cacheEntries,
      value: format.integer(cache.entries),
      hint: strings.cacheEntriesHint,
    },
    { key: 'size', name: strings.cacheSize, value: size, hint: strings.cacheSizeHint, share: used },
  ];
}

function providerFacts({ gauges }: MetricsSnapshot, provider: ProviderStatus, words: FactWords): Fact[] {
  const { strings, format } = words;
  const state = strings[`providerState_${provider.state}`];
  const count = (key: 'requests' | 'tokens' | 'retries'): Fact => ({
    key,
    name: strings[key],
    value: format.integer(provider[key]),
    hint: strings[`${key}Hint`],
  });
  const budget = (key: 'requestsPerMinute' | 'tokensPerMinute', used: number | undefined): Fact => {
    const limit = provider[key];
    const fact = { key, name: strings[key], hint: strings[`${key}Hint`] };
    if (limit === undefined) return { ...fact, value: strings.unknown };
    const text = fill(strings.perMinute, format.integer(limit));
    if (used === undefined) return { ...fact, value: text };
    return { ...fact, value: fill(strings.budgetUsed, format.percent(used), text), share: used };
  };
  const message = provider.message === undefined ? [] : [provider.message];
  return [
    { key: 'provider', name: strings.provider, value: provider.id, hint: strings.providerHint },
    {
      key: 'state',
      name: strings.providerState,
      value: state,
      hint: [strings.providerStateHint, ...message].join('\n'),
    },
    count('requests'),
    count('tokens'),
    count('retries'),
    budget('requestsPerMinute', gauges.requestBudgetUsed),
    budget('tokensPerMinute', gauges.tokenBudgetUsed),
    ...profileFacts(provider, words),
  ];
}

function profileFacts({ profile }: ProviderStatus, { strings, format }: FactWords): Fact[] {
  if (profile === undefined) return [];
  const { at, host, maxBatchInputs, maxInputTokens } = profile;
  const [inputs, tokens] = [maxBatchInputs, maxInputTokens].map(({ accepted }) => format.integer(accepted));
  return [
    {
      key: 'profile',
      name: strings.endpointProfile,
      value: fill(strings.endpointProfileValue, inputs ?? '', tokens ?? ''),
      hint: fill(strings.endpointProfileHint, host, format.dateTime(at)),
    },
  ];
}

function counterFacts({ counters: counts }: MetricsSnapshot, { strings, format }: FactWords): Fact[] {
  return counters.map((counter) => ({
    key: counter,
    name: strings[`counter_${counter}`],
    value: format.integer(counts[counter]),
    hint: strings.counterHint,
  }));
}

function folderName(root: string): string {
  return root.split(/[/\\]/).filter(Boolean).pop() ?? root;
}
