import type { BenchmarkBaseline, BenchmarkReport } from '../protocol/benchmark.ts';
import shipped from './benchmarkBaseline.json' with { type: 'json' };

/** What ships to compare with: `npm run bench -- baseline` measures it anew. */
export const benchmarkBaseline: BenchmarkBaseline = shipped;

/** A baseline beside a run. `ratio`: times what it was then; null where one of the two is missing or was 0. */
export interface BaselineComparison extends BenchmarkBaseline {
  /** Processor and cores are of the same name and number: otherwise ratios are a hint only. */
  readonly sameMachine: boolean;
  readonly measures: readonly (BenchmarkBaseline['measures'][number] & { readonly ratio: number | null })[];
  readonly targets: readonly (BenchmarkBaseline['targets'][number] & { readonly ratio: number | null })[];
}

export function compareWithBaseline(report: BenchmarkReport, baseline: BenchmarkBaseline): BaselineComparison {
  const { processor, cores } = baseline.machine;
  const medians = new Map(report.measures.map(({ id, median }) => [id, median]));
  const measured = new Map(report.targets.map((target) => [target.id, target.measured]));
  return {
    ...baseline,
    sameMachine: report.machine.processor === processor && report.machine.cores === cores,
    measures: baseline.measures.map((then) => ({ ...then, ratio: ratioOf(medians.get(then.id), then.median) })),
    targets: baseline.targets.map((then) => ({ ...then, ratio: ratioOf(measured.get(then.id), then.measured) })),
  };
}

function ratioOf(now: number | undefined, then: number): number | null {
  return now === undefined || then === 0 ? null : now / then;
}
