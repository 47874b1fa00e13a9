import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatNumberOf } from '../../src/cli/format.ts';
import { summaryJson } from '../../src/cli/quality/evalJson.ts';
import type { Summary } from '../../src/cli/quality/summary.ts';
import { machineFacts } from '../shared/machine.ts';
import { renderTable, writeReport } from '../shared/report.ts';
import { defaultDataDirectory, readDataSet, withFullPaths, type Repository } from './dataSet.ts';
import { assertSources, fetchSources } from './fetchSources.ts';
import { figuresOf, indexingFigures, type Figures, type UnitFigures } from './figures.ts';
import { measureRepository, type RepositoryRun } from './measureRepository.ts';
import { details, headline } from './qualityTables.ts';
import { writeResultLines } from './resultLines.ts';

export interface QualityOptions {
  /** Folder of the development set; undefined: in the project's cache folder. */
  readonly data?: string;
  /** Names of repositories, with commas; undefined: all. */
  readonly repos?: string;
  /** File for the JSON; undefined: bench/results, when all repositories were measured. */
  readonly json?: string;
  /** File for what was found, for other scorers. */
  readonly results?: string;
  /** Bring missing sources first. */
  readonly fetch?: boolean;
}

/** Queries asked before those that are timed, of another repository. */
const warmUpQueries = 20;

/** How well the product answers the questions of the development set, in every way to search, beside published figures. */
export async function benchQuality({ data, repos, json, results, fetch }: QualityOptions): Promise<void> {
  const directory = resolve(data ?? defaultDataDirectory);
  const all = await readDataSet(directory);
  const repositories = repos === undefined ? all : named(repos.split(','), all);
  if (fetch) await fetchSources(repositories, directory);
  assertSources(repositories, directory);
  const machine = machineFacts();
  const runs: RepositoryRun[] = [];
  for (const repository of repositories) {
    const other = all[(all.indexOf(repository) + 1) % all.length];
    const warmUp = (other?.questions ?? []).slice(0, warmUpQueries).map(({ query }) => query);
    const run = await measureRepository(await withFullPaths(repository, directory), directory, warmUp);
    runs.push(run);
    say(run);
  }
  if (results !== undefined) await writeResultLines(results, runs);
  const figures = figuresOf(runs);
  const questions = runs.flatMap((run) => run.repository.questions).length;
  const title = `Retrieval quality: ${formatNumberOf(runs.length, 'repository', 'repositories')}, ${formatNumberOf(questions, 'question')}`;
  const rows = headline(figures, runs);
  const document = { rows, ...documentOf(figures, runs) };
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ title, machine, ...document }, null, 2)}\n`);
  // Part of the repositories is a look, not a result.
  if (json !== undefined || repos !== undefined) {
    process.stdout.write(`\n${title}\n\n${renderTable(rows)}\n\n${details(figures, runs)}\n`);
  } else {
    await writeReport('quality', title, machine, rows, document, details(figures, runs));
  }
}

function named(names: readonly string[], all: readonly Repository[]): readonly Repository[] {
  const unknown = names.filter((name) => !all.some(({ repo }) => repo === name));
  if (unknown.length > 0) throw new Error(`The manifest does not know ${unknown.join(', ')}.`);
  return all.filter(({ repo }) => names.includes(repo));
}

function say({ repository, indexing, runs }: RepositoryRun): void {
  const { overall } = figuresOf([{ repository, indexing, runs }]).ablations[0]?.units.file ?? {};
  const ndcg = overall === undefined ? 'not answered' : `nDCG@10 ${overall.ndcg.mean.toFixed(3)}`;
  process.stderr.write(`${repository.repo}: ${indexing.files} files, ${indexing.totalMs.toFixed(0)} ms, ${ndcg}\n`);
}

/** The figures as JSON. Measures 0..1, times in milliseconds. */
function documentOf(figures: Figures, runs: readonly RepositoryRun[]) {
  return {
    ablations: figures.ablations.map(({ ablation, units, p50Ms, p95Ms }) => ({
      ...ablation,
      p50Ms,
      p95Ms,
      file: unitJson(units.file),
      chunk: unitJson(units.chunk),
    })),
    unavailable: Object.fromEntries(figures.unavailable),
    published: Object.fromEntries(figures.published),
    indexing: indexingFigures(runs),
    repositories: runs.map(({ repository: { repo, language, root, pinned, published }, indexing }) => {
      return { repo, language, root, pinned, published, ...indexing };
    }),
  };
}

function unitJson({ overall, byRepository, byLanguage, byCategory }: UnitFigures) {
  const byName = (map: ReadonlyMap<string, Summary>) =>
    Object.fromEntries([...map].map(([name, summary]) => [name, summaryJson(summary)]));
  return {
    overall: summaryJson(overall),
    byCategory: byName(byCategory),
    byLanguage: byName(byLanguage),
    byRepository: byName(byRepository),
  };
}
