import * as vscode from 'vscode';
import type { IndexingPlan, SpendingStatus, Spent } from '../protocol/costs.ts';

import { formatCount } from './formatCount.ts';

const { l10n } = vscode;

/** Of what is shown as money; less is said to be less. */
const leastDollars = 0.01;

/** `about $1.25`, `less than $0.01`. */
export function formatDollars(dollars: number): string {
  const money = new Intl.NumberFormat(vscode.env.language, { style: 'currency', currency: 'USD' });
  return dollars < leastDollars
    ? l10n.t('less than {0}', money.format(leastDollars))
    : l10n.t('about {0}', money.format(dollars));
}

export function formatBytes(bytes: number): string {
  const [value, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kilobyte'] : bytes < 1e9 ? [bytes / 1e6, 'megabyte'] : [bytes / 1e9, 'gigabyte'];
  return new Intl.NumberFormat(vscode.env.language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}

/** `less than a second`, `40 sec`, `12 min`, `3.5 hr`, as the language writes it. */
function formatTime(ms: number): string {
  if (ms < 1_000) return l10n.t('less than a second');
  const [value, unit] =
    ms < 60_000 ? [ms / 1e3, 'second'] : ms < 3_600_000 ? [ms / 6e4, 'minute'] : [ms / 3.6e6, 'hour'];
  const maximumFractionDigits = unit === 'hour' ? 1 : 0;
  return new Intl.NumberFormat(vscode.env.language, { style: 'unit', unit, maximumFractionDigits }).format(value);
}

export function timeText(time: IndexingPlan['time']): string {
  if (time === undefined) return l10n.t('time unknown');
  const { least, most } = time;
  const from = formatTime(least);
  if (most === undefined) return l10n.t('at least {0}', from);
  const to = formatTime(most);
  return from === to ? from : l10n.t('{0} to {1}', from, to);
}

/** `12,345 tokens, about $0.02`; undefined when nothing was ever spent. */
function spentText({ tokens, dollars, unpricedTokens }: Spent): string {
  const count = l10n.t('{0} tokens', formatCount(tokens));
  return tokens === 0 || unpricedTokens === tokens ? count : `${count}, ${formatDollars(dollars)}`;
}

/** The meter in one line; undefined while there is nothing to meter. */
export function spentLine({ budgetTokens, workspace, today }: SpendingStatus): string | undefined {
  if (budgetTokens === undefined && workspace.tokens === 0 && today.tokens === 0) return undefined;
  const line = l10n.t('Spent: {0} (today, in all workspaces: {1})', spentText(workspace), spentText(today));
  return budgetTokens === undefined ? line : l10n.t('{0}; budget {1} tokens', line, formatCount(budgetTokens));
}
