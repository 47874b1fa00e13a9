import type { BenchmarkReport } from '../../src/protocol/benchmark.ts';
import type { HistorySample } from '../../src/protocol/metrics.ts';
import type { HostToPerformanceView, PerformanceData, SearchSample } from '../../src/protocol/views.ts';
import { summarizeSeries } from './chartContent.ts';
import { courses, courseTitle } from './courses.ts';
import { factSections } from './facts.ts';
import type { FactWords } from './facts.ts';
import { stageColumns, stageRows } from './stageRows.ts';
import { summarize, summaryText } from './samples.ts';
import { targetColumns, targetRows, targetsText } from './targetRows.ts';

export interface ReportContent {
  readonly data: PerformanceData;
  readonly samples: readonly SearchSample[];
  readonly history: readonly HistorySample[];
  readonly benchmark: BenchmarkReport | undefined;
  readonly environment: Extract<HostToPerformanceView, { type: 'state' }>['environment'];
}

/** Everything as the host delivered it, for programs. */
export function jsonReport({ data, samples, history, benchmark, environment }: ReportContent): string {
  const facts = Object.fromEntries(environment.map(({ name, value }) => [name, value]));
  const at = new Date(data.metrics.at).toISOString();
  const content = { at, environment: facts, ...data, searchSamples: samples, history, benchmark };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** The tables of the panel, for people: an issue, a pull request. */
export function markdownReport(content: ReportContent, words: FactWords): string {
  const { data, samples, benchmark, environment } = content;
  const { strings, format } = words;
  const columns = stageColumns(strings).map(({ title, unit }) => (unit === undefined ? title : `${title} (${unit})`));
  const rows = stageRows(data.metrics, strings, format).map(({ name, cells }) => [name, ...cells]);
  const sections = [
    `# ${strings.title}`,
    format.dateTime(data.metrics.at),
    `## ${strings.latencyTitle}`,
    summaryText(summarize(samples), strings, format),
    `## ${strings.stagesTitle}`,
    rows.length === 0 ? strings.stagesEmpty : table([strings.columnStage, ...columns], rows),
    ...courseSections(content, words),
    `## ${strings.targetsTitle}`,
    targetsText(benchmark, words),
    targetsTable(content, words),
    ...factSections(data, words).flatMap(({ title, facts }) => [
      `## ${title}`,
      table(
        [strings.columnName, strings.columnValue],
        facts.map(({ name, value }) => [name, value]),
      ),
    ]),
    ...(environment.length === 0
      ? []
      : [
          `## ${strings.environmentTitle}`,
          table(
            [strings.columnName, strings.columnValue],
            environment.map(({ name, value }) => [name, value]),
          ),
        ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Newest, mean and highest value of each line of each chart. */
function courseSections({ data, history }: ReportContent, words: FactWords): string[] {
  const { strings } = words;
  return [...courses(history, data, words)].flatMap(([key, { series, write }]) => {
    const rows = series.flatMap((one) => {
      const summary = summarizeSeries(one);
      if (summary === undefined) return [];
      return [[one.name, write(summary.newest), write(summary.mean), write(summary.highest)]];
    });
    const head = [strings.columnName, strings.historyNow, strings.historyMean, strings.historyPeak];
    return [`## ${courseTitle(key, strings)}`, rows.length === 0 ? strings.historyEmpty : table(head, rows)];
  });
}

function targetsTable({ benchmark, data }: ReportContent, words: FactWords): string {
  const columns = targetColumns(words);
  return table(
    columns.map(({ title }) => title),
    targetRows(benchmark, data, words).map((row) => columns.map(({ cell }) => cell(row))),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
