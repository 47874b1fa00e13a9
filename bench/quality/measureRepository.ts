import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askForRanking } from '../../src/cli/quality/askForRanking.ts';
import { scoreRanking, type Place, type RankingScore } from '../../src/cli/quality/rankingScore.ts';
import { Engine } from '../../src/core/engine.ts';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { benchPlatform } from '../shared/benchPlatform.ts';
import { ablations, type Ablation } from './ablations.ts';
import { prefixOf, sourcesOf, type Question, type Repository } from './dataSet.ts';

/** Results that are judged, as in the published figures. */
const judged = 10;

export interface IndexingTimes {
  readonly files: number;
  readonly chunks: number;
  readonly vectors: number;
  /** From the call to its end, parse processes started on the way. */
  readonly totalMs: number;
  /** Of that, after the last file was parsed and stored. */
  readonly afterParsingMs: number;
}

export interface Answered {
  readonly question: Question;
  /** Best first; paths relative to the root of the repository. */
  readonly results: readonly Place[];
  readonly file: RankingScore;
  readonly chunk: RankingScore;
}

export interface AblationRun {
  /** Why there are no figures; the answers are empty then. */
  readonly unavailable?: string;
  readonly answers: readonly Answered[];
  /** Milliseconds of each search. */
  readonly searchMs: readonly number[];
}

export interface RepositoryRun {
  readonly repository: Repository;
  readonly indexing: IndexingTimes;
  readonly runs: Readonly<Record<Ablation['name'], AblationRun>>;
}

/**
 * Indexes the repository's folder, alone and from nothing, and asks all its questions in every way. `warmUp`: queries that
 * are asked first.
 */
export async function measureRepository(
  repository: Repository,
  directory: string,
  warmUp: readonly string[],
): Promise<RepositoryRun> {
  return withFolder(repository, directory, defaultConfig, async (engine, folderId) => {
    const indexing = await indexFolder(engine, folderId);
    for (const query of warmUp) await engine.search({ query });
    const runs: Partial<Record<Ablation['name'], AblationRun>> = {};
    for (const ablation of ablations) runs[ablation.name] = await runAblation(engine, repository, ablation);
    return { repository, indexing, runs: runs as RepositoryRun['runs'] };
  });
}

/**
 * An engine with the repository's folder open and nothing indexed; nothing stays behind. It is a copy that is opened: ignore
 * rules of what lies around the sources here are not the repository's own.
 */
export async function withFolder<T>(
  repository: Repository,
  directory: string,
  config: EngineConfig,
  body: (engine: Engine, folderId: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-bench-'));
  const engine = new Engine(benchPlatform(), { cacheDir: join(scratch, 'cache') });
  try {
    const root = join(scratch, 'sources');
    await cp(join(sourcesOf(directory, repository), repository.root), root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/[\\/]\.git$/.test(source),
    });
    await engine.configure(config, {}, { remoteProvider: false });
    await engine.openFolder({ folderId: root, root, indexDir: join(scratch, 'index') });
    return await body(engine, root);
  } finally {
    await engine.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function indexFolder(engine: Engine, folderId: string): Promise<IndexingTimes> {
  const startMs = performance.now();
  let parsedMs = startMs;
  const stop = engine.on('progress', ({ phase }) => {
    if (phase === 'chunking') parsedMs = performance.now();
  });
  const report = await engine.index(folderId);
  const endMs = performance.now();
  stop();
  const status = (await engine.status()).folders[0];
  return {
    files: report.counts.indexed,
    chunks: status?.chunks ?? 0,
    vectors: status?.vectors ?? 0,
    totalMs: endMs - startMs,
    afterParsingMs: endMs - parsedMs,
  };
}

async function runAblation(engine: Engine, repository: Repository, { mode, ranking }: Ablation): Promise<AblationRun> {
  const answers: Answered[] = [];
  const searchMs: number[] = [];
  const prefix = prefixOf(repository);
  const depth = { k: judged, files: judged };
  for (const question of repository.questions) {
    const request = { query: question.query, mode, ranking };
    const { results, response, ms } = await askForRanking(async (asked) => engine.search(asked), request, depth);
    // Another mode's figures under this one's name would be worse than none.
    if (response.mode !== mode) return { unavailable: response.degraded?.message ?? '', answers: [], searchMs: [] };
    const places = results.map(({ path, startLine, endLine }) => ({ path: prefix + path, startLine, endLine }));
    answers.push({
      question,
      results: places,
      file: scoreRanking(places, question.targets, 'file', judged),
      chunk: scoreRanking(places, question.targets, 'chunk', judged),
    });
    if (ms !== undefined) searchMs.push(ms);
  }
  return { answers, searchMs };
}
