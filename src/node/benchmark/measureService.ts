import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddingCache } from '../../core/embedding/embeddingCache.ts';
import { Spending } from '../../core/embedding/spending.ts';
import { createLocalProvider } from '../../core/embedding/local/localProvider.ts';
import { checkHealth } from '../../core/health.ts';
import { EmbedQueue } from '../../core/indexing/embedQueue.ts';
import { FolderIndex } from '../../core/indexing/folderIndex.ts';
import { MemoryGovernor } from '../../core/memory/memoryGovernor.ts';
import { EngineMetrics } from '../../core/metrics/engineMetrics.ts';
import type { Platform } from '../../core/ports.ts';
import type { EmbeddingDocument } from '../../core/providerPorts.ts';
import { Searcher } from '../../core/search/searcher.ts';
import { defaultConfig } from '../../protocol/config.ts';
import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import { iterations, measure, repeated, timed, warmUps, type Part } from './measuring.ts';
import { writeSources } from './sources.ts';
import { statsOf } from './stats.ts';
import { targetRow } from './targets.ts';

const sourceFiles = 300;
const editWarmUps = 3;
const editIterations = 30;

/** One folder of sources: indexed, searched, edited; its chunks embedded. */
export async function measureService(
  platform: Platform,
  scratch: string,
  memory: { sample(): void },
  signal: AbortSignal,
): Promise<Part> {
  const { clock, storage, hasher, logger } = platform;
  const root = join(scratch, 'sources');
  const questions = await writeSources(root, sourceFiles, clock.now());
  const before = platform.memory().rssBytes;
  const metrics = new EngineMetrics(clock, () => platform.createHistogram());
  const cache = await EmbeddingCache.open(storage, join(scratch, 'cache'), {
    ...{ hasher, clock, logger, maxBytes: defaultConfig.cache.maxBytes },
  });
  const spending = await Spending.open(storage, join(scratch, 'cache'), {
    ...{ clock, logger, budgetTokens: () => undefined, roots: () => [] },
  });
  const provider = createLocalProvider(await platform.loadModel(), { clock, hasher, metrics });
  platform.chunker.configure(defaultConfig.parsing, metrics);
  const governor = new MemoryGovernor({
    ...{ clock, logger, config: () => defaultConfig.memory, trim: () => undefined, onChanged: () => undefined },
    // Of the engine around it: its memory says nothing of the benchmark's.
    measure: async () => Promise.resolve({ workingBytes: 0, totalBytes: 0, heapShare: 0 }),
  });
  const folder = await FolderIndex.open(
    { folderId: 'benchmark', root, indexDir: join(scratch, 'index') },
    {
      ...{ platform, metrics, cache, spending, memory: governor, config: () => defaultConfig },
      embedQueue: new EmbedQueue(cache, metrics, clock, governor),
      ...{ checksRecall: false, emit: () => undefined },
    },
  );
  try {
    await folder.configure(provider);
    const indexMs = await timed(platform, async () => folder.index(signal));
    const { chunks } = await folder.status();
    const searcher = new Searcher({
      ...{
        folders: () => [folder],
        cache,
        spending,
        clock,
        metrics,
        config: defaultConfig,
        withheld: undefined,
        reranking: undefined,
      },
    });
    const asked = questions.slice(0, warmUps + iterations);
    const searches = await repeated(platform, asked.length, async (n) =>
      searcher.search({ query: asked[n] ?? '' }, signal),
    );
    const document: EmbeddingDocument = {
      path: 'a.ts',
      symbol: 'f',
      kind: 'function',
      text: questions.join('\n').slice(0, 1_600),
    };
    const single = await repeated(platform, warmUps + iterations, async (n) =>
      provider.embedDocuments([{ ...document, text: `${n} ${document.text}` }], signal),
    );
    const many = Array.from({ length: 1_000 }, (_, n) => ({ ...document, text: `${n} ${document.text}` }));
    const batches = await repeated(platform, 3 + 10, async () => provider.embedDocuments(many, signal), 3);
    const health = await repeated(platform, warmUps + iterations, async () =>
      checkHealth({ folders: [folder], provider: provider.status(), reranker: undefined, storage, clock }),
    );
    const grown = (platform.memory().rssBytes - before) / 1e6;
    memory.sample();
    const files = folder.files().map(({ path }) => path);
    const chunking = await measureChunking(platform, root, files, signal);
    const edits = await repeated(
      platform,
      editWarmUps + editIterations,
      async (n) => editAndFind({ root, path: files[n] ?? '', name: `quokka${n}x` }, folder, searcher, signal),
      editWarmUps,
    );
    return {
      measures: [
        measure('index', phrase`index of ${sourceFiles} files (${chunks} chunks)`, 'ms', [indexMs]),
        measure('chunk', phrase`parsing and chunking of one file`, 'ms', chunking),
        measure('edit', phrase`a saved file is found, of ${sourceFiles}`, 'ms', edits),
        measure('search', phrase`search, ${chunks} chunks`, 'ms', searches),
        measure('embed.one', phrase`embedding of one chunk`, 'ms', single),
        measure('embed.batch', phrase`embedding of 1,000 chunks`, 'ms', batches),
        measure('health', phrase`health check`, 'ms', health),
      ],
      targets: [
        targetRow('embeddingLatency', statsOf(single).p95 / 1e3, phrase`one chunk by the embedded model, p95`),
        targetRow(
          'batchThroughput',
          1e6 / statsOf(batches).median,
          phrase`batches of 1,000 chunks by the embedded model, median`,
        ),
        targetRow(
          'processingLatency',
          statsOf(searches).p95,
          phrase`a whole search by words and meaning over ${chunks} chunks, p95`,
        ),
        targetRow('serviceThroughput', 1e3 / statsOf(searches).mean, phrase`searches one after the other, mean`),
        targetRow(
          'serviceMemory',
          grown,
          phrase`growth of this process by opening, indexing and searching ${sourceFiles} files`,
        ),
        targetRow('healthCheck', statsOf(health).p95, phrase`engine, provider, database, index and disk, p95`),
      ],
    };
  } finally {
    await folder.close();
    provider.dispose();
    cache.close();
    await spending.close();
  }
}

/** Milliseconds a file, one after the other, in a parse process that has its grammar. */
async function measureChunking(
  platform: Platform,
  root: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<number[]> {
  // Another line: the pool remembers texts that it was given before.
  const read = files
    .slice(0, warmUps + iterations)
    .map(async (path) => `${await readFile(join(root, path), 'utf8')}// again\n`);
  const texts = await Promise.all(read);
  const { maxTokens, minTokens } = defaultConfig.chunking;
  return repeated(platform, texts.length, async (n) =>
    platform.chunker.chunk(
      { path: files[n] ?? '', language: 'typescript', text: texts[n] ?? '', maxTokens, minTokens },
      signal,
    ),
  );
}

/** End to end: a file is saved, the engine told, its new function searched for and found. */
async function editAndFind(
  edit: { readonly root: string; readonly path: string; readonly name: string },
  folder: FolderIndex,
  searcher: Searcher,
  signal: AbortSignal,
): Promise<void> {
  const { root, path, name } = edit;
  await appendFile(join(root, path), `\nexport function ${name}(): void {}\n`);
  await folder.applyChanges([{ type: 'changed', path }], signal);
  const { results } = await searcher.search({ query: name }, signal);
  if (results[0]?.path !== path)
    throw new AppError('Internal', phrase`The benchmark saved ${path} and did not find it.`);
}
