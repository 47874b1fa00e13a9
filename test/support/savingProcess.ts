/**
 * Saves the image of an index at argv[2] over and over, every vector of the n-th being the direction (n, 1); prints
 * `ready` after the first. Made to be killed.
 */
import { savedIndex, savedRows } from './savedSnapshot.ts';
import { openIndex } from './vectorIndexes.ts';

const index = await openIndex({ ...savedIndex, imagePath: process.argv[2]! });
const ids = Array.from({ length: savedRows }, (_, i) => i + 1);
for (let round = 1; ; round++) {
  const vector = new Float32Array(savedIndex.dimensions);
  vector.set([round, 1]);
  await index.add(
    ids,
    ids.map(() => vector),
  );
  await index.save();
  if (round === 1) process.stdout.write('ready\n');
}
