import type { Gauge, MetricsSnapshot } from '../../src/protocol/metrics.ts';
import type { MemoryStatus } from '../../src/protocol/types.ts';
import { fill } from '../shared/format.ts';
import type { Fact, FactWords } from './facts.ts';

/** Parts of the engine's process that are measured. */
const insideGauges = [
  'jsHeapBytes',
  'jsBuffersBytes',
  'wasmBytes',
  'sqliteCacheBytes',
] as const satisfies readonly Gauge[];

/** The parts of a process's memory with what is left of it; undefined where nobody measured. */
export function memoryParts(gauges: MetricsSnapshot['gauges']) {
  const { engineRssBytes, parserRssBytes } = gauges;
  const { jsHeapBytes, jsBuffersBytes, wasmBytes, sqliteCacheBytes } = gauges;
  const measured = insideGauges.reduce((sum, gauge) => sum + (gauges[gauge] ?? 0), 0);
  // Parts are counted whole, resident or not: together they can be more than the process.
  const otherBytes = engineRssBytes === undefined ? undefined : Math.max(0, engineRssBytes - measured);
  return { engineRssBytes, jsHeapBytes, jsBuffersBytes, wasmBytes, sqliteCacheBytes, otherBytes, parserRssBytes };
}

/** The engine's process, its parts, and the processes beside it; bars compare with the process. Then what is limited. */
export function memoryFacts(
  gauges: MetricsSnapshot['gauges'],
  memory: MemoryStatus,
  { strings, format }: FactWords,
): Fact[] {
  const parts = memoryParts(gauges);
  const whole = Math.max(1, ...Object.values(parts).map((bytes) => bytes ?? 0));
  const fact = (key: keyof typeof parts, name: string, hint: string): Fact[] => {
    const bytes = parts[key];
    return bytes === undefined ? [] : [{ key, name, value: format.bytes(bytes), hint, share: bytes / whole }];
  };
  const inside = (name: string): string => fill(strings.memoryInside, name);
  const beside = fill(strings.memoryBeside, strings.gauge_parserRssBytes);
  const limited = (key: 'workingBytes' | 'totalBytes', name: string, limit: number, hint: string): Fact => {
    const value = fill(strings.budgetUsed, format.bytes(memory[key]), format.bytes(limit));
    return { key, name, value, hint, share: Math.min(1, memory[key] / limit) };
  };
  return [
    ...fact('engineRssBytes', strings.gauge_engineRssBytes, strings.gaugeHint_engineRssBytes),
    ...insideGauges.flatMap((gauge) => fact(gauge, inside(strings[`gauge_${gauge}`]), strings[`gaugeHint_${gauge}`])),
    ...fact('otherBytes', inside(strings.memoryOther), strings.memoryOtherHint),
    ...fact('parserRssBytes', beside, strings.gaugeHint_parserRssBytes),
    limited('workingBytes', strings.memoryWorking, memory.softLimitBytes, strings.memoryWorkingHint),
    limited('totalBytes', strings.memoryHeld, memory.criticalLimitBytes, strings.memoryHeldHint),
  ];
}
