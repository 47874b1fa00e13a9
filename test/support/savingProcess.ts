/**
 * Saves vector snapshots to argv[2] over and over, every vector of the n-th being the direction (n, 1); prints `ready` after the
 * first. Made to be killed.
 */
import { ExactIndex } from '../../src/core/vector/exactIndex.ts';
import { NodeStorage } from '../../src/node/nodeStorage.ts';
import { savedOptions, savedRows } from './savedSnapshot.ts';

const path = process.argv[2]!;
const index = new ExactIndex(savedOptions);
for (let round = 1; ; round++) {
  const vector = new Float32Array(savedOptions.dimensions);
  vector.set([round, 1]);
  for (let id = 1; id <= savedRows; id++) index.add(id, vector);
  await new NodeStorage().writeAtomic(path, index.save());
  if (round === 1) process.stdout.write('ready\n');
}
