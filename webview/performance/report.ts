import type { HostToPerformanceView, PerformanceData, SearchSample } from '../../src/protocol/views.ts';
import { factSections } from './facts.ts';
import type { FactWords } from './facts.ts';
import { stageColumns, stageRows } from './stageRows.ts';
import { summarize, summaryText } from './samples.ts';

export interface ReportContent {
  readonly data: PerformanceData;
  readonly samples: readonly SearchSample[];
  readonly environment: Extract<HostToPerformanceView, { type: 'state' }>['environment'];
}

/** Everything as the host delivered it, for programs. */
export function jsonReport({ data, samples, environment }: ReportContent): string {
  const facts = Object.fromEntries(environment.map(({ name, value }) => [name, value]));
  const at = new Date(data.metrics.at).toISOString();
  return `${JSON.stringify({ at, environment: facts, ...data, searchSamples: samples }, undefined, 2)}\n`;
}

/** The tables of the panel, for people: an issue, a pull request. */
export function markdownReport({ data, samples, environment }: ReportContent, words: FactWords): string {
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;
  const rule = `|${head.map((_, index) => (index === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
