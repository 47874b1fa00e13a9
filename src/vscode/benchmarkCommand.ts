import * as vscode from 'vscode';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import { CancelledError } from '../protocol/errors.ts';
import { benchmarkBaseline } from '../util/benchmarkBaseline.ts';
import { benchmarkTables, machineText } from '../util/benchmarkTables.ts';

export interface BenchmarkCommandOptions {
  readonly engine: Pick<EngineApi, 'benchmark'> & {
    on(event: 'benchmarkPart', listener: (part: string) => void): () => void;
  };
  /** Where a scratch folder may be made. */
  readonly storageUri: vscode.Uri;
  /** Keeps the last report, to compare the next one with. */
  readonly state: vscode.Memento;
}

const lastKey = 'benchmark.last';

/** Measures the product on this machine, with progress that can be cancelled, and opens what was found as Markdown. */
export async function runBenchmarkCommand({ engine, storageUri, state }: BenchmarkCommandOptions): Promise<void> {
  const { l10n } = vscode;
  const report = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: l10n.t('Measuring CodeWeaver on this machine'),
      cancellable: true,
    },
    async (progress, token) => {
      const controller = new AbortController();
      const cancelling = token.onCancellationRequested(() => controller.abort());
      const stopListening = engine.on('benchmarkPart', (message) => progress.report({ message }));
      try {
        return await engine.benchmark(storageUri.fsPath, controller.signal);
      } catch (error) {
        if (error instanceof CancelledError) return undefined;
        throw error;
      } finally {
        stopListening();
        cancelling.dispose();
      }
    },
  );
  if (report === undefined) return;
  const last = state.get<BenchmarkReport>(lastKey);
  await state.update(lastKey, report);
  const tables = benchmarkTables(report, { last, baseline: benchmarkBaseline });
  const taken = `${new Date(report.at).toISOString()}, ${machineText(report.machine)}`;
  const content = ['# CodeWeaver', '', taken, '', tables].join('\n');
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}
