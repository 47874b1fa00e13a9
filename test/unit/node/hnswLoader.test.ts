import assert from 'node:assert/strict';
import { build } from 'esbuild';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { openHnswGraph } from '../../../src/node/hnswLoader.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('openHnswGraph', () => {
  it('opens graphs with memories of their own and leaves no window behind', async () => {
    const options = { dimensions: 2, capacity: 4, m: 4, efConstruction: 20 };
    const opening = [openHnswGraph(options), openHnswGraph(options)] as const;
    assert(!('window' in globalThis));
    const [first, second] = await Promise.all(opening);
    assert(!('window' in globalThis));
    first.add(Float32Array.of(1, 0));
    first.add(Float32Array.of(0, 1));
    assert.deepEqual(first.search(Float32Array.of(0, 1), 1, 10), [1]);
    assert.equal(second.count, 0);
    assert.deepEqual(second.search(Float32Array.of(0, 1), 1, 10), []);
    first.dispose();
    second.dispose();
  });

  it('works bundled, in a worker thread', async () => {
    const directory = await temporaryDirectory();
    await build({
      entryPoints: [fileURLToPath(new URL('../../../src/node/hnswLoader.ts', import.meta.url))],
      outfile: join(directory, 'bundle.mjs'),
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
    await writeFile(
      join(directory, 'worker.mjs'),
      `import { parentPort } from 'node:worker_threads';
       import { openHnswGraph } from './bundle.mjs';
       const graph = await openHnswGraph({ dimensions: 2, capacity: 2, m: 4, efConstruction: 20 });
       graph.add(Float32Array.of(1, 0));
       graph.add(Float32Array.of(0, 1));
       const { heap, base, stride } = graph.rows();
       parentPort.postMessage([graph.search(Float32Array.of(0, 1), 1, 10), heap[base], heap[base + stride + 1]]);`,
    );
    const worker = new Worker(pathToFileURL(join(directory, 'worker.mjs')));
    assert.deepEqual(await once(worker, 'message'), [[[1], 1, 1]]);
    await worker.terminate();
  });
});
