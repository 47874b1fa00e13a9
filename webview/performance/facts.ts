import { counters } from '../../src/protocol/metrics.ts';
import type { Gauge, MetricsSnapshot } from '../../src/protocol/metrics.ts';
import type { FolderStatus, ProviderStatus, SkipReason } from '../../src/protocol/types.ts';
import type { PerformanceData } from '../../src/protocol/views.ts';
import type { PerformanceStrings } from '../../src/protocol/viewStrings.ts';
import { listPrice } from '../../src/util/embeddingPrices.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import { cacheFacts } from './cacheFacts.ts';
import { folderName } from './folderName.ts';
import { healthSection } from './healthFacts.ts';
import { memoryFacts } from './memoryFacts.ts';
import { spendingFacts } from './spendingFacts.ts';
import { vectorFacts } from './vectorFacts.ts';

/** One line of a table: a name, a value with its unit, and where the value comes from. */
export interface Fact {
  readonly key: string;
  readonly name: string;
  readonly value: string;
  readonly hint: string;
  /** 0..1, drawn as a bar. */
  readonly share?: number;
  /** Something that is in order or not: an icon before the value. */
  readonly ok?: boolean;
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

const countGauges = [
  'queueFiles',
  'queueChunks',
  'inFlightRequests',
  'concurrencyLimit',
] as const satisfies readonly Gauge[];
const delayGauges = ['hostLoopDelayP99Ms', 'engineLoopDelayP99Ms'] as const satisfies readonly Gauge[];

/** Every table of the panel but the stages; the screen and the export are made from the same facts. */
export function factSections({ metrics, status, health }: PerformanceData, words: FactWords): readonly FactSection[] {
  const { strings } = words;
  const sections = [
    healthSection(health, status, words),
    { key: 'memory', title: strings.memoryTitle, facts: memoryFacts(metrics.gauges, status.memory, words) },
    { key: 'load', title: strings.loadTitle, facts: loadFacts(metrics, words) },
    ...status.folders.map((folder) => indexSection(folder, status.folders.length > 1, words)),
    { key: 'caches', title: strings.cacheTitle, facts: cacheFacts(metrics, status, words) },
    { key: 'provider', title: strings.providerTitle, facts: providerFacts(metrics, status.provider, words) },
    { key: 'spending', title: strings.spendingTitle, facts: spendingFacts(status.spending, words) },
    { key: 'counters', title: strings.countersTitle, facts: counterFacts(metrics, words) },
  ];
  return sections.filter(({ facts }) => facts.length > 0);
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
      fact('tokens', strings.spentTokens, tokensText(folder, words), strings.spentTokensHint),
      fact('integrity', strings.integrity, strings[`integrity_${folder.integrity}`], strings.integrityHint),
      fact('updated', strings.indexedAt, updated, strings.indexedAtHint),
    ],
  };
}

/** With what they cost, where the price is known. */
function tokensText({ spent, space }: FolderStatus, { strings, format }: FactWords): string {
  const tokens = format.integer(spent.tokens);
  const price = space === undefined ? undefined : listPrice(space.model, spent.tokens);
  return price === undefined ? tokens : fill(strings.spentMoney, tokens, format.dollars(price));
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
  const [inputs, tokens] = [maxBatchInputs, maxInputTokens].map(({ accepted, by }) =>
    by === 'configured' ? fill(strings.endpointNoLimit, format.integer(accepted)) : format.integer(accepted),
  );
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
