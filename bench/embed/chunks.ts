import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/core/engine.ts';
import { Catalogue } from '../../src/core/store/catalogue.ts';
import type { PendingChunk } from '../../src/core/store/vectorLedger.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { benchPlatform } from '../shared/benchPlatform.ts';

export interface Chunks {
  readonly files: number;
  /** As the catalogue holds them, in its order. */
  readonly chunks: readonly PendingChunk[];
  /** What a first pass took in all, and of that the reading and parsing until the last chunk was stored. */
  readonly totalMs: number;
  readonly storedMs: number;
}

/** Indexes a folder with the embedded model, as the product does, and reads its chunks; nothing stays behind. */
export async function indexedChunks(root: string): Promise<Chunks> {
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-bench-'));
  const indexDir = join(directory, 'index');
  const platform = benchPlatform();
  try {
    const engine = new Engine(platform, { cacheDir: join(directory, 'cache') });
    let storedMs = 0;
    let totalMs = 0;
    let files = 0;
    try {
      await engine.configure(defaultConfig, {}, { remoteProvider: false });
      await engine.openFolder({ folderId: root, root, indexDir });
      const startMs = performance.now();
      engine.on('progress', ({ phase }) => {
        if (phase === 'chunking') storedMs = performance.now() - startMs;
      });
      const report = await engine.index(root);
      totalMs = performance.now() - startMs;
      if (report.error !== undefined) throw new Error(report.error.message);
      files = report.counts.indexed;
    } finally {
      await engine.close();
    }
    const { catalogue } = await Catalogue.open(platform.storage, indexDir, platform.hasher, false);
    try {
      return { files, chunks: catalogue.ledger.pendingChunks(-1, 0, 1_000_000), totalMs, storedMs };
    } finally {
      catalogue.close(false);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
