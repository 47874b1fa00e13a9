import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../src/core/ports.ts';
import { createNodePlatform } from '../../src/node/platform.ts';

const project = join(import.meta.dirname, '../..');

/** What the engine needs, as the product has it; parse processes and threads are those of the build. */
export function benchPlatform(): Platform {
  const parserPath = join(project, 'dist/parser.js');
  if (!existsSync(parserPath)) throw new Error('dist/parser.js is missing: run "npm run build" first.');
  return createNodePlatform({
    assetsDir: join(project, 'media'),
    parserPath,
    shardPath: join(project, 'dist/shard.js'),
    fetch: async () => Promise.reject(new Error('Benchmarks ask no endpoint.')),
    logger: { log: () => undefined },
  });
}
