import type { Summary } from '../shared/statistics.ts';

/** Environment variable with the file that the part inside VS Code leaves its {@link EditorMeasurements} in. */
export const measurementsVariable = 'CODEWEAVER_BENCH_MEASUREMENTS';

/** Delay of the extension host's event loop, milliseconds. */
export interface LoopDelays {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface EditorMeasurements {
  readonly activationMs: number;
  /** Reading, compiling and running the extension's bundle, before activation. */
  readonly loadMs: number;
  readonly indexMs: number;
  readonly files: number;
  readonly indexing: LoopDelays;
  readonly idle: LoopDelays;
  readonly searchMs: Summary;
  readonly saveMs: Summary;
}
