import * as vscode from 'vscode';
import { commandIds } from './commandIds.ts';
import { spentLine } from './costTexts.ts';
import { sumCounts } from './engineModel.ts';
import type { LatencyLog } from './latencyLog.ts';
import type { Overview } from './overview.ts';

const { l10n } = vscode;

/** What the status-bar item says on hover: latency, the counts that sum up, the notice, and where to go on. */
export function statusTooltip(overview: Overview, latency: LatencyLog, formatMs: (ms: number) => string) {
  const tooltip = new vscode.MarkdownString('', true);
  tooltip.isTrusted = {
    enabledCommands: [commandIds.search, commandIds.showPerformance, commandIds.indexWorkspace, commandIds.showLog],
  };
  tooltip.appendMarkdown(`**CodeWeaver Search**\n\n`);
  const { last } = latency;
  const p95 = latency.percentileMs(95);
  if (last !== undefined && p95 !== undefined) {
    const text = l10n.t('Last search {0}, 95th percentile {1}', formatMs(last.totalMs), formatMs(p95));
    tooltip.appendMarkdown(`$(dashboard) ${text}\n\n`);
  }
  const folders = overview.status?.folders ?? [];
  if (folders.length > 0) tooltip.appendMarkdown(countsTable(sumCounts(folders)));
  const spent = overview.status && spentLine(overview.status.spending);
  if (spent !== undefined) tooltip.appendMarkdown(`$(credit-card) ${spent}\n\n`);
  const { notice } = overview;
  if (notice !== undefined) {
    tooltip.appendMarkdown(`$(${notice.severity}) `);
    tooltip.appendText(notice.message);
    tooltip.appendMarkdown('\n\n');
  }
  const links = [
    [commandIds.search, l10n.t('Search')],
    [commandIds.showPerformance, l10n.t('Performance')],
    [commandIds.indexWorkspace, l10n.t('Index')],
    [commandIds.showLog, l10n.t('Log')],
  ] as const;
  tooltip.appendMarkdown(links.map(([id, label]) => `[${label}](command:${id})`).join(' · '));
  return tooltip;
}

function countsTable({ discovered, indexed, pending, failed, skipped }: ReturnType<typeof sumCounts>): string {
  const numbers = new Intl.NumberFormat(vscode.env.language);
  const format = (count: number): string => numbers.format(count);
  const rows = [
    [l10n.t('indexed'), indexed],
    [l10n.t('pending'), pending],
    [l10n.t('failed'), failed],
    [l10n.t('skipped'), skipped],
  ] as const;
  const head = `| ${l10n.t('files')} | ${format(discovered)} |\n|:--|--:|\n`;
  return `${head}${rows.map(([name, count]) => `| ${name} | ${format(count)} |`).join('\n')}\n\n`;
}
