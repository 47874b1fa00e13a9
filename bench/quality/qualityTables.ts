import type { Estimate } from '../../src/cli/quality/estimate.ts';
import type { Summary } from '../../src/cli/quality/summary.ts';
import { renderGrid, type Row } from '../shared/report.ts';
import { publishedTools } from './ablations.ts';
import type { AblationFigures, Figures, UnitFigures } from './figures.ts';
import { indexingFigures } from './figures.ts';
import type { RepositoryRun } from './measureRepository.ts';

/** Bars of the product on repositories nobody looked at; here, on the development set, they are a direction. */
const bars = { chunk: 0.86, language: 0.75, afterParsingMs: 300, searchP50Ms: 1.5 };

/** What is asked of the product, in one table. */
export function headline(figures: Figures, runs: readonly RepositoryRun[]): Row[] {
  const { ablations, unavailable, published } = figures;
  const full = ablations.find(({ ablation }) => ablation.name === 'full');
  const indexing = indexingFigures(runs);
  const rows: Row[] = ablations.map(({ ablation, units }) => ({
    name: `nDCG@10 by file: ${ablation.title}`,
    value: estimateText(units.file.overall.ndcg),
    ...(ablation.bar === undefined ? {} : atLeast(units.file.overall.ndcg.mean, ablation.bar)),
  }));
  for (const [title, reason] of unavailable)
    rows.push({ name: `nDCG@10 by file: ${title}`, value: `not measured: ${reason}` });
  for (const [tool, value] of published) {
    rows.push({ name: `published: ${publishedTools[tool] ?? tool}`, value: estimateText(value) });
  }
  if (full !== undefined) {
    const { file, chunk } = full.units;
    const weakest = [...file.byLanguage].toSorted(([, a], [, b]) => a.ndcg.mean - b.ndcg.mean)[0];
    rows.push(
      {
        name: 'nDCG@10 by chunk: full',
        value: estimateText(chunk.overall.ndcg),
        ...atLeast(chunk.overall.ndcg.mean, bars.chunk),
      },
      ...(weakest === undefined
        ? []
        : [
            {
              name: `weakest language: ${weakest[0]}`,
              value: number(weakest[1].ndcg.mean),
              ...atLeast(weakest[1].ndcg.mean, bars.language),
            },
          ]),
      {
        name: 'search, p50 / p95',
        value: `${full.p50Ms.toFixed(2)} / ${full.p95Ms.toFixed(2)} ms`,
        ...atMost(full.p50Ms, bars.searchP50Ms, 'p50 '),
      },
    );
  }
  rows.push(
    { name: 'indexed', value: `${indexing.files} files, ${indexing.chunks} chunks, ${indexing.vectors} vectors` },
    { name: 'index of a repository, median', value: `${indexing.medianTotalMs.toFixed(0)} ms` },
    {
      name: 'after parsing, at 300 files',
      value: `${indexing.afterParsingMsPer300Files.toFixed(0)} ms (median repository: ${indexing.medianAfterParsingMs.toFixed(0)} ms)`,
      ...atMost(indexing.afterParsingMsPer300Files, bars.afterParsingMs),
    },
  );
  return rows;
}

/** Everything else: measures by way of searching, then by category, language and repository. */
export function details(figures: Figures, runs: readonly RepositoryRun[]): string {
  const { ablations } = figures;
  return [
    'Each repository weighs the same (the published figure); brackets are 95 % bootstrap intervals over repositories. ' +
      'The ranking was fitted to these repositories: see training/ranking for figures with each repository held out.',
    section(
      'Ways to search',
      ['', 'unit', 'nDCG@10', 'MRR', 'recall@10', 'hit@1', 'p50 / p95 ms'],
      ablations.flatMap(measureRows),
    ),
    groupSection('By category', ablations, (units) => units.byCategory),
    groupSection('By language', ablations, (units) => units.byLanguage),
    repositorySection(ablations, runs),
  ].join('\n\n');
}

function measureRows({ ablation, units, p50Ms, p95Ms }: AblationFigures): string[][] {
  return (['file', 'chunk'] as const).map((unit) => {
    const { ndcg, mrr, recall, hit1 } = units[unit].overall;
    const times = `${p50Ms.toFixed(2)} / ${p95Ms.toFixed(2)}`;
    return [ablation.title, unit, ...[ndcg, mrr, recall, hit1].map(estimateText), unit === 'file' ? times : ''];
  });
}

/** nDCG@10 by file of every way to search, and by chunk of the full one. */
function groupSection(
  title: string,
  ablations: readonly AblationFigures[],
  groupsOf: (units: UnitFigures) => ReadonlyMap<string, Summary>,
): string {
  const [full] = ablations;
  if (full === undefined) return '';
  const rows = [...groupsOf(full.units.file)].map(([group, { questions }]) => [
    group,
    String(questions),
    ...ablations.map(({ units }) => mean(groupsOf(units.file).get(group))),
    mean(groupsOf(full.units.chunk).get(group)),
  ]);
  return section(`${title} (nDCG@10)`, ['', 'questions', ...titles(ablations)], rows);
}

function repositorySection(ablations: readonly AblationFigures[], runs: readonly RepositoryRun[]): string {
  const [full] = ablations;
  if (full === undefined) return '';
  const rows = runs.map(({ repository: { repo, language, published }, indexing }) => [
    repo,
    language,
    ...ablations.map(({ units }) => mean(units.file.byRepository.get(repo))),
    mean(full.units.chunk.byRepository.get(repo)),
    ...Object.keys(publishedTools).map((tool) => number(published[tool] ?? NaN)),
    String(indexing.files),
    String(indexing.chunks),
    indexing.totalMs.toFixed(0),
    indexing.afterParsingMs.toFixed(0),
  ]);
  const head = [
    '',
    'language',
    ...titles(ablations),
    ...Object.values(publishedTools),
    'files',
    'chunks',
    'index ms',
    'after parsing ms',
  ];
  return section('By repository (nDCG@10)', head, rows);
}

function titles(ablations: readonly AblationFigures[]): string[] {
  return [...ablations.map(({ ablation }) => ablation.title), `${ablations[0]?.ablation.title ?? ''}, by chunk`];
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `## ${title}\n\n${renderGrid(head, rows)}`;
}

function mean(summary: Summary | undefined): string {
  return number(summary?.ndcg.mean ?? NaN);
}

function number(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(3);
}

function estimateText({ mean: value, interval }: Estimate): string {
  return interval === null ? number(value) : `${number(value)} [${interval.map((end) => end.toFixed(2)).join(' ')}]`;
}

function atLeast(value: number, bar: number) {
  return { target: `>= ${bar}`, pass: value >= bar };
}

function atMost(value: number, bar: number, what = '') {
  return { target: `${what}<= ${bar} ms`, pass: value <= bar };
}
