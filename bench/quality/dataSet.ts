import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../../src/cli/quality/rankingScore.ts';

/** Where the development set is kept when no folder is named. */
export const defaultDataDirectory = join(import.meta.dirname, '../../.cache/quality/semble-dev');

/** A repository of the development set. */
export interface Repository {
  readonly repo: string;
  readonly language: string;
  readonly url: string;
  /** The folder that is indexed and nothing else; empty: all of it. */
  readonly root: string;
  /** Commit the questions were written for. */
  readonly pinned: string;
  /** nDCG@10 that others have published for this repository, by tool. */
  readonly published: Readonly<Record<string, number>>;
  readonly questions: readonly Question[];
}

export interface Question {
  readonly queryId: string;
  readonly category: string;
  readonly query: string;
  /** Paths relative to the root of the repository. */
  readonly targets: readonly Target[];
}

interface ManifestEntry extends Omit<Repository, 'root' | 'questions'> {
  readonly benchmark_root: string | null;
}

interface QueryLine {
  readonly repo: string;
  readonly query_id: string;
  readonly category: string;
  readonly query: string;
  readonly relevant: readonly { readonly path: string; readonly start_line?: number; readonly end_line?: number }[];
}

/**
 * Reads the set: `manifest.json` (an array of `repo`, `language`, `url`,
 * `benchmark_root`, `pinned`, `published`) and `queries.jsonl` (`repo`, `query_id`, `category`, `query`, `relevant`).
 */
export async function readDataSet(
  directory: string,
  queries = join(directory, 'queries.jsonl'),
): Promise<readonly Repository[]> {
  const manifestFile = join(directory, 'manifest.json');
  if (!existsSync(manifestFile)) throw new Error(absentText(directory));
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as readonly ManifestEntry[];
  const lines = (await readFile(queries, 'utf8'))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as QueryLine);
  return manifest.map(({ repo, language, url, benchmark_root, pinned, published }) => ({
    repo,
    language,
    url,
    root: benchmark_root ?? '',
    pinned,
    published,
    questions: lines.filter((line) => line.repo === repo).map(questionOf),
  }));
}

function questionOf({ query_id, category, query, relevant }: QueryLine): Question {
  const targets = relevant.map(({ path, start_line, end_line }) => ({
    path,
    ...(start_line === undefined || end_line === undefined ? {} : { startLine: start_line, endLine: end_line }),
  }));
  return { queryId: query_id, category, query, targets };
}

/** What stands before a path of the indexed folder to make it one of the repository. */
export function prefixOf({ root }: Repository): string {
  return root === '' ? '' : `${root}/`;
}

/** Where the sources of a repository are kept. */
export function sourcesOf(directory: string, { repo }: Repository): string {
  return join(directory, 'repos', repo);
}

/**
 * Some questions name a file by the end of its path, which the published scorer accepts: those names become the one path
 * of the indexed folder they mean.
 */
export async function withFullPaths(repository: Repository, directory: string): Promise<Repository> {
  const folder = join(sourcesOf(directory, repository), repository.root);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const prefix = sourcesOf(directory, repository).length + 1;
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(prefix).replaceAll('\\', '/'));
  const known = new Set(files);
  const fullPath = (path: string): string => {
    if (known.has(path)) return path;
    const meant = files.filter((file) => file.endsWith(`/${path}`));
    return meant.length === 1 && meant[0] !== undefined ? meant[0] : path;
  };
  return {
    ...repository,
    questions: repository.questions.map((question) => ({
      ...question,
      targets: question.targets.map((target) => ({ ...target, path: fullPath(target.path) })),
    })),
  };
}

function absentText(directory: string): string {
  return (
    `There is no development set in ${directory}. It is a folder with manifest.json and queries.jsonl, made from the ` +
    'repositories and annotations of github.com/MinishLab/semble (benchmarks/); bench/quality/dataSet.ts says how they ' +
    'are read. With those two files, --fetch brings the sources. Another folder: --data DIR.'
  );
}
