import * as vscode from 'vscode';
import type { Disposable } from '../util/emitter.ts';
import { commandIds } from './commandIds.ts';
import { formatCount } from './formatCount.ts';
import type { LatencyLog } from './latencyLog.ts';
import type { Overview } from './overview.ts';
import { statusTooltip } from './statusTooltip.ts';

const { l10n } = vscode;

/** Progress events come many times a second; a person reads a number less often. */
const paintIntervalMs = 250;

interface Face {
  readonly text: string;
  /** For screen readers, without icons. */
  readonly label: string;
  readonly color?: 'error' | 'warning';
}

/** The item in the status bar: latency of the last search, progress while indexing, trouble in colour. */
export class StatusBar {
  readonly #overview: Overview;
  readonly #latency: LatencyLog;
  readonly #item = vscode.window.createStatusBarItem('codeweaver.status', vscode.StatusBarAlignment.Right, 90);
  readonly #subscriptions: readonly Disposable[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(overview: Overview, latency: LatencyLog) {
    this.#overview = overview;
    this.#latency = latency;
    this.#item.name = l10n.t('CodeWeaver Search');
    this.#item.command = commandIds.showPerformance;
    const paintSoon = (): void => {
      this.#timer ??= setTimeout(() => this.#paint(), paintIntervalMs);
    };
    this.#subscriptions = [overview.onDidChange(paintSoon), latency.onDidAdd(paintSoon)];
    this.#paint();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#item.dispose();
  }

  #paint(): void {
    this.#timer = undefined;
    if (this.#overview.search.index === 'noFolder') {
      this.#item.hide();
      return;
    }
    const { text, label, color } = this.#face();
    this.#item.text = text;
    this.#item.accessibilityInformation = { label };
    this.#item.backgroundColor = color && new vscode.ThemeColor(`statusBarItem.${color}Background`);
    this.#item.tooltip = statusTooltip(this.#overview, this.#latency, formatMs);
    this.#item.show();
  }

  #face(): Face {
    const { search, notice, isPaused, failure } = this.#overview;
    const { last } = this.#latency;
    const latency = last === undefined ? 'CodeWeaver' : formatMs(last.totalMs);
    const name = l10n.t('CodeWeaver Search');
    if (failure !== undefined && notice !== undefined && notice.severity !== 'info') {
      const { severity, message } = notice;
      return { text: `$(${severity}) ${latency}`, label: `${name}: ${message}`, color: severity };
    }
    const { progress } = search;
    if (progress !== undefined && progress.total > 0) {
      const [done, total] = [progress.done, progress.total].map(formatCount);
      return {
        text: `$(sync~spin) ${done}/${total}`,
        label: l10n.t('{0}: indexing, {1} of {2}', name, done ?? '', total ?? ''),
      };
    }
    if (search.index === 'indexing') return { text: '$(sync~spin) CodeWeaver', label: l10n.t('{0}: indexing', name) };
    if (notice?.severity === 'warning') {
      return { text: `$(warning) ${latency}`, label: `${name}: ${notice.message}`, color: 'warning' };
    }
    if (isPaused) return { text: `$(debug-pause) ${latency}`, label: l10n.t('{0}: indexing is paused', name) };
    const label = last === undefined ? name : l10n.t('{0}: last search took {1}', name, latency);
    return { text: `$(search) ${latency}`, label };
  }
}

/** `8.4 ms`, `132 ms`, `2.1 s`. */
function formatMs(ms: number): string {
  const [value, unit] = ms < 1_000 ? [ms, 'millisecond'] : [ms / 1_000, 'second'];
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(vscode.env.language, { style: 'unit', unit, maximumFractionDigits }).format(value);
}
