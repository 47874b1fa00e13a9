import type { BenchmarkTarget } from '../../protocol/benchmark.ts';

/** The seed's three tables of targets ("Performance Requirements"), in their order. */
const rows = {
  embeddingLatency: { name: 'Embedding latency', limit: 2, is: 'below', unit: 's' },
  batchThroughput: { name: 'Batch throughput', limit: 10, is: 'above', unit: 'docs/s' },
  providerMemory: { name: 'Memory usage', limit: 500, is: 'below', unit: 'MB' },
  apiUtilization: { name: 'API utilization', limit: 80, is: 'above', unit: '%' },
  searchLatency: { name: 'Search latency', limit: 100, is: 'below', unit: 'ms' },
  upsertThroughput: { name: 'Upsert throughput', limit: 1_000, is: 'above', unit: 'vectors/s' },
  indexBuildTime: { name: 'Index build time', limit: 10, is: 'below', unit: 'min per 1M vectors' },
  memoryEfficiency: { name: 'Memory efficiency', limit: 2, is: 'below', unit: 'times the vectors' },
  processingLatency: { name: 'Processing latency', limit: 50, is: 'below', unit: 'ms' },
  serviceThroughput: { name: 'Throughput', limit: 100, is: 'above', unit: 'ops/s' },
  serviceMemory: { name: 'Resource usage', limit: 100, is: 'below', unit: 'MB' },
  healthCheck: { name: 'Health check', limit: 5, is: 'below', unit: 'ms' },
} as const;
export type TargetId = keyof typeof rows;

export const targetIds = Object.keys(rows) as readonly TargetId[];

/** A row with what was measured. A value that could not be had (NaN) does not pass. */
export function targetRow(id: TargetId, measured: number, how: string): BenchmarkTarget {
  const { name, limit, is, unit } = rows[id];
  const pass = is === 'below' ? measured < limit : measured > limit;
  return { id, name, target: `${is === 'below' ? '<' : '>'} ${limit}`, unit, measured, pass, how };
}
