import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Engine } from '../../src/core/engine.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import type { SearchMode } from '../../src/protocol/types.ts';
import { defaultDataDirectory, prefixOf, readDataSet, type Repository } from './dataSet.ts';
import { assertSources } from './fetchSources.ts';
import { withFolder } from './measureRepository.ts';

export interface CandidatesOptions {
  /** Folder of the development set; undefined: in the project's cache folder. */
  readonly data?: string;
  /** Other questions about the same repositories, in the form of `queries.jsonl`. */
  readonly queries?: string;
  /** How candidates are found; undefined: by words and by meaning. */
  readonly mode?: SearchMode;
}

/** All candidates are wanted, also the twentieth of a file. */
const config = { ...defaultConfig, search: { ...defaultConfig.search, maxPerFile: 0 } };
/** As many as each retriever gives to an ordinary search: more would make other candidates, and other features. */
const k = 300;

/**
 * Writes what the ranking stage sees, for training/ranking/fit.py: a JSON line for each question of the development set with
 * every candidate, its features, and its rank and score in each retriever.
 */
export async function writeCandidates(
  file: string,
  { data, queries, mode = 'hybrid' }: CandidatesOptions,
): Promise<void> {
  const directory = resolve(data ?? defaultDataDirectory);
  const repositories = await readDataSet(directory, queries);
  assertSources(repositories, directory);
  const lines: string[] = [];
  for (const repository of repositories) {
    await withFolder(repository, directory, config, async (engine, folderId) => {
      await engine.index(folderId);
      for (const line of await candidateLines(engine, repository, mode)) lines.push(line);
    });
    process.stderr.write(`${repository.repo}\n`);
  }
  await writeFile(file, `${lines.join('\n')}\n`);
}

async function candidateLines(engine: Engine, repository: Repository, mode: SearchMode): Promise<string[]> {
  const { repo, questions } = repository;
  const prefix = prefixOf(repository);
  const lines: string[] = [];
  for (const { query, category, targets } of questions) {
    const { results } = await engine.search({ query, k, mode });
    const candidates = results.map(({ path, features, sources }) => ({ path: prefix + path, features, sources }));
    lines.push(JSON.stringify({ repo, query, category, relevant: targets.map(({ path }) => path), candidates }));
  }
  return lines;
}
