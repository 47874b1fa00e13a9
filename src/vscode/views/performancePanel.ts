import { cpus, totalmem } from 'node:os';
import * as vscode from 'vscode';
import type { EngineApi } from '../../protocol/engineApi.ts';
import { toAppError } from '../../protocol/errors.ts';
import { performanceStrings } from '../../protocol/viewStrings.ts';
import {
  type HostToPerformanceView,
  parsePerformanceViewMessage,
  type PerformanceData,
  type PerformanceViewToHost,
  type ViewAction,
} from '../../protocol/views.ts';
import type { LastBenchmark } from '../lastBenchmark.ts';
import type { HostMetrics } from '../hostMetrics.ts';
import type { LatencyLog } from '../latencyLog.ts';
import { sayData, sayReport } from '../say.ts';
import { localise, pageHtml, webviewOptions } from './page.ts';

const viewType = 'codeweaver.performance';
const intervalMs = 1_000;

export interface PerformancePanelOptions {
  readonly extension: vscode.Extension<unknown>;
  readonly engine: Pick<EngineApi, 'health' | 'history' | 'metrics' | 'status'>;
  readonly metrics: HostMetrics;
  readonly latency: LatencyLog;
  readonly benchmark: LastBenchmark;
  readonly runAction: (action: ViewAction) => void;
  readonly onError: (error: unknown) => void;
}

/** The performance panel: at most one, asks the engine once a second, and only while it can be seen. */
export class PerformancePanel {
  readonly #options: PerformancePanelOptions;
  readonly #subscriptions: readonly { dispose(): void }[];
  #panel: vscode.WebviewPanel | undefined;
  #ready = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPolling = false;
  /** Counts the pages that said they are ready: each is sent everything anew. */
  #page = 0;
  #sentSamples = 0;
  /** Time of the newest sample of the history the page has. */
  #sentHistory = 0;

  constructor(options: PerformancePanelOptions) {
    this.#options = options;
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: async (panel) => this.#adopt(panel),
      }),
      options.benchmark.onDidChange((report) => this.#post({ type: 'benchmark', report: sayReport(report) })),
    ];
  }

  show(): void {
    if (this.#panel !== undefined) {
      this.#panel.reveal();
      return;
    }
    const title = vscode.l10n.t(performanceStrings.title);
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active));
  }

  dispose(): void {
    this.#stop();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#panel?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { extension } = this.#options;
    this.#panel?.dispose();
    this.#panel = panel;
    this.#ready = false;
    const icon = (theme: string): vscode.Uri =>
      vscode.Uri.joinPath(extension.extensionUri, 'media', `performance-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = webviewOptions(extension.extensionUri);
    const subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      panel.onDidChangeViewState(() => {
        // Hidden pages are thrown away; the next one says `ready` again.
        if (!panel.visible) this.#ready = false;
        void this.#poll();
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#ready = false;
      this.#stop();
    });
    panel.webview.html = pageHtml(panel.webview, extension.extensionUri, 'performance', panel.title);
  }

  async #receive(value: unknown): Promise<void> {
    const message = parsePerformanceViewMessage(value);
    if (message === undefined) return;
    switch (message.type) {
      case 'ready':
        this.#ready = true;
        this.#sendState();
        await this.#poll();
        return;
      case 'export':
        await this.#export(message);
        return;
      case 'action':
        this.#options.runAction(message.action);
        return;
    }
  }

  #sendState(): void {
    const { latency, extension, benchmark } = this.#options;
    const { report } = benchmark;
    this.#page++;
    this.#sentSamples = latency.count;
    this.#sentHistory = 0;
    this.#post({
      type: 'state',
      strings: localise(performanceStrings),
      locale: vscode.env.language,
      samples: latency.since(0),
      ...(report && { benchmark: sayReport(report) }),
      environment: environmentOf(extension),
    });
  }

  /** One at a time: each asks for what came after the answer before. */
  async #poll(): Promise<void> {
    this.#stop();
    if (this.#isPolling || !this.#ready || this.#panel?.visible !== true) return;
    this.#isPolling = true;
    const page = this.#page;
    await this.#sendData(page);
    this.#isPolling = false;
    // A page that came meanwhile has had nothing yet.
    this.#timer = setTimeout(() => void this.#poll(), page === this.#page ? intervalMs : 0);
  }

  async #sendData(page: number): Promise<void> {
    try {
      const { latency, engine } = this.#options;
      const [data, history] = await Promise.all([this.#data(), engine.history(this.#sentHistory)]);
      if (page !== this.#page) return;
      const samples = latency.since(this.#sentSamples);
      this.#sentSamples = latency.count;
      this.#sentHistory = history.at(-1)?.at ?? this.#sentHistory;
      this.#post({ type: 'data', data, samples, history });
    } catch (error) {
      // A stopped engine restarts by itself; the panel keeps asking.
      if (toAppError(error).group !== 'transient') this.#options.onError(error);
    }
  }

  async #data(): Promise<PerformanceData> {
    const { engine, metrics } = this.#options;
    const [snapshot, status, health] = await Promise.all([engine.metrics(), engine.status(), engine.health()]);
    return sayData({ metrics: metrics.merge(snapshot), status, health });
  }

  async #export({ format, to, text }: Extract<PerformanceViewToHost, { type: 'export' }>): Promise<void> {
    if (to === 'clipboard') {
      await vscode.env.clipboard.writeText(text);
      return;
    }
    const extension = format === 'json' ? 'json' : 'md';
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `codeweaver-performance.${extension}`;
    const target = await vscode.window.showSaveDialog({
      filters: { [format === 'json' ? 'JSON' : 'Markdown']: [extension] },
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    });
    if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #post(message: HostToPerformanceView): void {
    if (this.#ready) void this.#panel?.webview.postMessage(message);
  }
}

/** What makes two exports comparable. */
function environmentOf({ packageJSON }: vscode.Extension<unknown>): { name: string; value: string }[] {
  const { version } = packageJSON as { version: string };
  const [cpu, ...others] = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toLocaleString(vscode.env.language, { maximumFractionDigits: 1 });
  return [
    { name: 'CodeWeaver Search', value: version },
    { name: vscode.env.appName, value: vscode.version },
    { name: vscode.l10n.t('Platform'), value: `${process.platform} ${process.arch}, Node ${process.versions.node}` },
    { name: vscode.l10n.t('Processor'), value: `${others.length + 1} × ${cpu?.model ?? vscode.l10n.t('unknown')}` },
    { name: vscode.l10n.t('Memory'), value: `${gibibytes} GiB` },
  ];
}
