import * as vscode from 'vscode';
import { EngineClient, type EngineCrash } from '../node/engineClient.ts';
import { startEngineWorker } from '../node/engineWorker.ts';
import { nodeClock } from '../node/nodeClock.ts';
import type { OutputLog } from './outputLog.ts';

/** The engine in its worker. Nothing is started before the first call. */
export function createEngineClient(
  context: vscode.ExtensionContext,
  log: OutputLog,
  onCrash: () => void,
): EngineClient {
  const file = (path: string): string => vscode.Uri.joinPath(context.extensionUri, path).fsPath;
  const engine = new EngineClient({
    start: () =>
      startEngineWorker(file('dist/worker.js'), {
        cacheDir: context.globalStorageUri.fsPath,
        assetsDir: file('media'),
        parserPath: file('dist/parser.js'),
        shardPath: file('dist/shard.js'),
      }),
    // Looked up per call: VS Code may replace it when its proxy settings change.
    fetch: (url, init) => globalThis.fetch(url, init),
    clock: nodeClock,
    onCrash: (crash) => {
      log.crash('The search engine stopped', crash.cause);
      log.info('The search engine restarts', { crashesInRow: crash.crashesInRow, pausedMs: crash.pausedMs });
      onCrash();
      sayPaused(crash, log);
    },
  });
  engine.on('log', (record) => log.log(record));
  return engine;
}

/** One notice per row of crashes, when the engine is paused for the first time. */
function sayPaused({ pausedMs, isFirstPause }: EngineCrash, log: OutputLog): void {
  if (!isFirstPause) return;
  const showLog = vscode.l10n.t('Show Log');
  const message = vscode.l10n.t(
    'The search engine stopped several times in a row and is paused for {0} seconds. The rest of the editor is not affected.',
    pausedMs / 1_000,
  );
  void vscode.window.showErrorMessage(message, showLog).then((choice) => {
    if (choice === showLog) log.show();
  });
}
