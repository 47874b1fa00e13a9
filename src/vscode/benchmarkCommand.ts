import * as vscode from 'vscode';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { benchmarkBaseline } from '../util/benchmarkBaseline.ts';
import { benchmarkTables, machineText } from '../util/benchmarkTables.ts';
import { type ActivitySource, withActivityProgress } from './activityProgress.ts';

export interface BenchmarkCommandOptions {
  readonly engine: Pick<EngineApi, 'benchmark'> & ActivitySource;
  /** Where a scratch folder may be made. */
  readonly storageUri: vscode.Uri;
  /** Keeps the last report, to compare the next one with. */
  readonly state: vscode.Memento;
}

const lastKey = 'benchmark.last';

/** Measures the product on this machine, with progress that can be cancelled, and opens what was found as Markdown. */
export async function runBenchmarkCommand({ engine, storageUri, state }: BenchmarkCommandOptions): Promise<void> {
  const { l10n } = vscode;
  const report = await withActivityProgress(
    engine,
    'benchmark',
    l10n.t('Measuring CodeWeaver on this machine'),
    (signal) => engine.benchmark(storageUri.fsPath, signal),
  );
  if (report === undefined) return;
  const last = state.get<BenchmarkReport>(lastKey);
  await state.update(lastKey, report);
  const tables = benchmarkTables(report, { last, baseline: benchmarkBaseline });
  const taken = `${new Date(report.at).toISOString()}, ${machineText(report.machine)}`;
  const content = ['# CodeWeaver', '', taken, '', tables].join('\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}
