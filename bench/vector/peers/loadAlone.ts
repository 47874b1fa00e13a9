/** `node loadAlone.ts <engine> <directory> <dimensions>`: opens a saved index and prints by how much memory grew. */
import { engineFactories } from '../engines.ts';

const [name, directory = '', dimensions] = process.argv.slice(2);
const factory = engineFactories.find((candidate) => candidate.name === name);
const options = {
  dimensions: Number(dimensions),
  capacity: 0,
  threads: 1,
  rows: {
    dimensions: Number(dimensions),
    row: (): Float32Array => {
      throw new Error('There are no rows here.');
    },
  },
};

// The first index is of nothing: what the package's code takes is no part of what the second one holds.
const empty = await factory?.open(options);
const beforeBytes = process.memoryUsage.rss();
const loaded = await factory?.load?.(directory, options);
const afterBytes = process.memoryUsage.rss();
process.stdout.write(String(afterBytes - beforeBytes));
await loaded?.dispose();
await empty?.dispose();
