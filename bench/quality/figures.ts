import { average, estimate, type Estimate } from '../../src/cli/quality/estimate.ts';
import type { RankingUnit } from '../../src/cli/quality/rankingScore.ts';
import { groupBy, summarize, summarizeSets, type Summary } from '../../src/cli/quality/summary.ts';
import { percentile } from '../../src/util/percentile.ts';
import { ablations, publishedTools, type Ablation } from './ablations.ts';
import type { RepositoryRun } from './measureRepository.ts';

/** What one way to search reaches in one unit. Means of repositories throughout: each weighs the same. */
export interface UnitFigures {
  /** The interval is over repositories: what another choice of repositories would have given. */
  readonly overall: Summary;
  readonly byRepository: ReadonlyMap<string, Summary>;
  readonly byLanguage: ReadonlyMap<string, Summary>;
  readonly byCategory: ReadonlyMap<string, Summary>;
}

export interface AblationFigures {
  readonly ablation: Ablation;
  readonly units: Readonly<Record<RankingUnit, UnitFigures>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface Figures {
  readonly ablations: readonly AblationFigures[];
  /** Ways to search that could not be measured, and why. */
  readonly unavailable: ReadonlyMap<string, string>;
  /** nDCG@10 by file of other tools on the same repositories, as published. */
  readonly published: ReadonlyMap<string, Estimate>;
}

export function figuresOf(runs: readonly RepositoryRun[]): Figures {
  const unavailable = new Map<string, string>();
  for (const { name, title } of ablations) {
    const reason = runs.map((run) => run.runs[name].unavailable).find((text) => text !== undefined);
    if (reason !== undefined) unavailable.set(title, reason);
  }
  const tools = Object.keys(publishedTools);
  return {
    ablations: ablations
      .filter(({ title }) => !unavailable.has(title))
      .map((ablation) => {
        const searchMs = runs.flatMap((run) => run.runs[ablation.name].searchMs);
        return {
          ablation,
          units: { file: unitFigures(runs, ablation, 'file'), chunk: unitFigures(runs, ablation, 'chunk') },
          p50Ms: percentile(searchMs, 50),
          p95Ms: percentile(searchMs, 95),
        };
      }),
    unavailable,
    published: new Map(
      tools.map((tool) => [tool, estimate(runs.flatMap(({ repository }) => repository.published[tool] ?? []))]),
    ),
  };
}

function unitFigures(runs: readonly RepositoryRun[], { name }: Ablation, unit: RankingUnit): UnitFigures {
  const summaryOf = (run: RepositoryRun, category?: string): Summary =>
    summarize(
      run.runs[name].answers
        .filter(({ question }) => category === undefined || question.category === category)
        .map((answer) => answer[unit]),
    );
  const sets = runs.map((run) => ({ ...run.repository, summary: summaryOf(run) }));
  const categories = groupBy(
    runs.flatMap((run) =>
      [...new Set(run.repository.questions.map((question) => question.category))].map((category) => ({
        run,
        category,
      })),
    ),
    ({ category }) => category,
  );
  return {
    overall: summarizeSets(sets.map(({ summary }) => summary)),
    byRepository: new Map(sets.map(({ repo, summary }) => [repo, summary])),
    byLanguage: mapValues(
      groupBy(sets, ({ language }) => language),
      (group) => summarizeSets(group.map(({ summary }) => summary)),
    ),
    byCategory: mapValues(categories, (group) =>
      summarizeSets(group.map(({ run, category }) => summaryOf(run, category))),
    ),
  };
}

function mapValues<T, R>(map: ReadonlyMap<string, T>, change: (value: T) => R): ReadonlyMap<string, R> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

/** Milliseconds and counts of indexing over all repositories. */
export function indexingFigures(runs: readonly RepositoryRun[]) {
  const times = runs.map(({ indexing }) => indexing);
  const sum = (pick: (item: (typeof times)[number]) => number): number =>
    times.reduce((total, item) => total + pick(item), 0);
  const files = sum((item) => item.files);
  return {
    files,
    chunks: sum((item) => item.chunks),
    vectors: sum((item) => item.vectors),
    meanTotalMs: average(times.map(({ totalMs }) => totalMs)),
    medianTotalMs: percentile(
      times.map(({ totalMs }) => totalMs),
      50,
    ),
    medianAfterParsingMs: percentile(
      times.map(({ afterParsingMs }) => afterParsingMs),
      50,
    ),
    /** What a repository of 300 files takes after parsing, at the mean rate. */
    afterParsingMsPer300Files: (sum((item) => item.afterParsingMs) / files) * 300,
  };
}
