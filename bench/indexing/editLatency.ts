import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/core/engine.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { benchPlatform } from '../shared/benchPlatform.ts';

/** What the engine does between a saved file and a search that finds it. */
export interface EditRound {
  /** From the call that says the file changed to its end. */
  readonly applyMs: number;
  /** From the same moment to the end of a search that found the new line. */
  readonly searchableMs: number;
}

/**
 * Saves `rounds` files of the folder one after the other, each with a new line, as an editor would tell the engine, and
 * searches for that line. The folder is changed. Its index is built first, in this process.
 */
export async function measureEdits(root: string, paths: readonly string[], rounds: number): Promise<EditRound[]> {
  const directory = await mkdtemp(join(tmpdir(), 'codeweaver-bench-'));
  const engine = new Engine(benchPlatform(), { cacheDir: join(directory, 'cache') });
  try {
    await engine.configure(defaultConfig, {}, { remoteProvider: false });
    await engine.openFolder({ folderId: root, root, indexDir: join(directory, 'index') });
    await engine.index(root);
    const results: EditRound[] = [];
    for (let round = 0; round < rounds; round++) {
      const path = paths[Math.floor((round * paths.length) / rounds)] ?? '';
      const word = `benchmarkword${round}x`;
      await appendFile(join(root, path), `\n// ${word}\n`);
      const startMs = performance.now();
      await engine.applyChanges(root, [{ type: 'changed', path }]);
      const applyMs = performance.now() - startMs;
      const { results: hits } = await engine.search({ query: word, mode: 'lexical', k: 1 });
      const searchableMs = performance.now() - startMs;
      if (hits[0]?.path !== path) throw new Error(`The line added to ${path} was not found.`);
      results.push({ applyMs, searchableMs });
    }
    return results;
  } finally {
    await engine.close();
    await rm(directory, { recursive: true, force: true });
  }
}
