import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSet } from '../data/dataSet.ts';
import { type ExactHits, recallOf } from '../exactHits.ts';
import type { Contender } from './contender.ts';
import { runQueries } from './searches.ts';
import { timed } from './timed.ts';

/** Writes the index to files and opens it again. What was written is in the system's cache: loading is not the disk. */
export async function measureSaving(contender: Contender, data: DataSet, exact: ExactHits): Promise<void> {
  const { engine, factory, options, rows, result } = contender;
  if (engine.save === undefined) return;
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-bench-vector-'));
  try {
    result.saveMs = await timed(() => engine.save?.(directory));
    if (factory.load === undefined) return;
    const startMs = performance.now();
    const loaded = await factory.load(directory, options);
    result.loadMs = performance.now() - startMs;
    try {
      const { answers } = await runQueries(loaded, data);
      result.loadedRecallAt10 = recallOf(answers, exact, data.queries, data.dimensions, (id) => rows.row(id));
    } finally {
      await loaded.dispose();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
