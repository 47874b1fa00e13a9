import type { EngineFactory } from './engine.ts';
import { ours } from './ours.ts';
import { hnswlibNode } from './peers/hnswlibNode.ts';
import { hnswlibWasm } from './peers/hnswlibWasm.ts';
import { usearch } from './peers/usearch.ts';

/** Engines of ours are known by this; ratios are theirs against the peers'. */
export const oursPrefix = 'codeweaver';

/** Everything that can be measured, ours first. */
export const engineFactories: readonly EngineFactory[] = [
  ours('codeweaver-scan', 'auto'),
  ours('codeweaver-hnsw', 'hnsw'),
  ours('codeweaver-exact', 'exact'),
  hnswlibNode,
  usearch({ name: 'usearch-f32', quantization: 'f32' }),
  usearch({ name: 'usearch-i8', quantization: 'i8' }),
  usearch({ name: 'usearch-i8-rescored', quantization: 'i8', rescoredCandidates: 40 }),
  hnswlibWasm,
];
