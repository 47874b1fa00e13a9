import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import { benchmarkBaseline } from '../util/benchmarkBaseline.ts';
import { benchmarkTables, machineText } from '../util/benchmarkTables.ts';
import { type ActivitySource, withActivityProgress } from './activityProgress.ts';
import { editorWording } from './say.ts';
import type { LastBenchmark } from './lastBenchmark.ts';

export interface BenchmarkCommandOptions {
  readonly engine: Pick<EngineApi, 'benchmark'> & ActivitySource;
  /** Where a scratch folder may be made. */
  readonly storageUri: vscode.Uri;
  /** Keeps the last report, to compare the next one with. */
  readonly last: LastBenchmark;
}

/** Measures the product on this machine, with progress that can be cancelled, and opens what was found as Markdown. */
export async function runBenchmarkCommand({ engine, storageUri, last }: BenchmarkCommandOptions): Promise<void> {
  const { l10n } = vscode;
  const report = await withActivityProgress(
    engine,
    'benchmark',
    l10n.t('Measuring CodeWeaver on this machine'),
    (signal) => engine.benchmark(storageUri.fsPath, signal),
  );
  if (report === undefined) return;
  const before = last.report;
  await last.keep(report);
  const tables = benchmarkTables(report, { last: before, baseline: benchmarkBaseline }, editorWording);
  const taken = `${new Date(report.at).toISOString()}, ${machineText(report.machine, editorWording)}`;
  const content = ['# CodeWeaver', '', taken, '', tables].join('\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}
