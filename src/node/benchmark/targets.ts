import { english, type Phrase } from '../../protocol/phrase.ts';
import { benchmarkTargets, type BenchmarkTarget, type TargetId } from '../../protocol/benchmark.ts';

/** A row with what was measured. A value that could not be had (NaN) does not pass. */
export function targetRow(id: TargetId, measured: number, said: Phrase): BenchmarkTarget {
  const { name, limit, is, unit } = benchmarkTargets[id];
  const pass = is === 'below' ? measured < limit : measured > limit;
  return {
    id,
    name,
    target: `${is === 'below' ? '<' : '>'} ${limit}`,
    unit,
    measured,
    pass,
    how: english(said),
    phrase: said,
  };
}
