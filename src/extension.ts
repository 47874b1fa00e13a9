import * as vscode from 'vscode';
import type { EngineClient } from './node/engineClient.ts';
import { askModally as ask } from './vscode/ask.ts';
import { ApiKeys } from './vscode/apiKeys.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { createCommands } from './vscode/commandTable.ts';
import { Configuration } from './vscode/configuration.ts';
import { createEngineClient } from './vscode/engineHost.ts';
import { EngineModel } from './vscode/engineModel.ts';
import { sayError } from './vscode/errorMessages.ts';
import { FileWatching } from './vscode/fileWatching.ts';
import { Folders } from './vscode/folders.ts';
import { HostMetrics } from './vscode/hostMetrics.ts';
import { Indexer } from './vscode/indexer.ts';
import { IndexCommands } from './vscode/indexCommands.ts';
import { LastBenchmark } from './vscode/lastBenchmark.ts';
import { LocationOpener } from './vscode/locationOpener.ts';
import { OpenDocuments } from './vscode/openDocuments.ts';
import { OutputLog } from './vscode/outputLog.ts';
import { Overview } from './vscode/overview.ts';
import { runBenchmarkCommand } from './vscode/benchmarkCommand.ts';
import { recordProfileCommand } from './vscode/profileCommand.ts';
import { runProbeCommand } from './vscode/probeCommand.ts';
import { type CodeWeaverApi, createPublicApi } from './vscode/publicApi.ts';
import { RecentQueries } from './vscode/recentQueries.ts';
import { RemotePermission } from './vscode/remotePermission.ts';
import { Searches } from './vscode/searches.ts';
import { StatusBar } from './vscode/statusBar.ts';
import { PerformancePanel } from './vscode/views/performancePanel.ts';
import { SearchView } from './vscode/views/searchView.ts';
import { WorkspaceIndex } from './vscode/workspaceIndex.ts';

let running: EngineClient | undefined;

/** The composition root: creates each object once, in order. Nothing here starts the engine or waits for anything. */
export function activate(context: vscode.ExtensionContext): CodeWeaverApi {
  const startedMs = performance.now();
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };

  const log = own(new OutputLog());
  const engine = createEngineClient(context, log, () => model.forget());
  running = engine;
  const onError = (error: unknown): void => log.background(error);

  const keys = new ApiKeys(context.secrets);
  const permission = new RemotePermission({
    state: context.workspaceState,
    isTrusted: () => vscode.workspace.isTrusted,
    ask,
  });
  const configuration = own(new Configuration({ engine, keys, permission, onError }));
  const indexesUri = vscode.Uri.joinPath(context.globalStorageUri, 'indexes');
  const folders = own(
    new Folders({
      engine,
      indexesUri,
      onError: ({ name }, error) => log.error(`The folder ${name} could not be opened or closed`, error),
    }),
  );
  const metrics = own(new HostMetrics());
  const model = own(new EngineModel(engine));
  const isAutomatic = (): boolean => configuration.settings.editor.autoIndex;
  const indexer = own(new Indexer({ engine, isAutomatic }));
  const watching = own(new FileWatching(folders, (folderId, changes) => indexer.apply(folderId, changes)));
  const index = own(
    new WorkspaceIndex({
      ...{ engine, configuration, folders, indexer, watching, model, metrics, log },
      indexesUri,
      state: context.workspaceState,
    }),
  );
  const start = async (): Promise<void> => index.start();
  own(
    new OpenDocuments({
      ...{ engine, folders, onError },
      isFollowed: () => isAutomatic() && !indexer.isPaused,
      maxChars: () => configuration.settings.engine.files.maxFileBytes,
      onSaved: (uri) => watching.saved(uri),
    }),
  );

  const searches = new Searches({
    engine,
    start,
    asksNetwork: () => model.asksNetwork,
    reranks: () => configuration.settings.engine.rerank.enabled,
  });
  const overview = own(new Overview({ model, indexer, folders, configuration, permission }));
  const opener = own(new LocationOpener(folders));
  const view = own(
    new SearchView({
      ...{ configuration, folders, overview, searches, opener, metrics, runAction },
      extensionUri: context.extensionUri,
      onShown: () => void start(),
    }),
  );
  const benchmark = new LastBenchmark(context.globalState);
  const panel = own(
    new PerformancePanel({
      ...{ engine, metrics, benchmark, runAction, onError },
      extension: context.extension,
      latency: searches.latency,
    }),
  );
  own(new StatusBar(overview, searches.latency));
  const indexCommands = new IndexCommands({ engine, configuration, folders, indexer, model, permission });
  const commands = createCommands({
    ...{ engine, configuration, folders, index, indexer, indexCommands, keys, log, opener, overview, panel, searches },
    ...{ view, permission, recent: new RecentQueries(context.workspaceState) },
    runBenchmark: async () => runBenchmarkCommand({ engine, storageUri: context.globalStorageUri, last: benchmark }),
    recordProfile: async (kind, seconds) =>
      recordProfileCommand(kind, seconds, { engine, storageUri: context.globalStorageUri }),
    probeEndpoint: async () => runProbeCommand({ engine, configuration, permission, ask }),
  });
  own(registerCommands(commands, (error) => sayError(error, log)));
  const indexChanged = own(new vscode.EventEmitter<void>());
  engine.on('indexChanged', () => {
    view.refreshSoon();
    indexChanged.fire();
  });

  const activationMs = performance.now() - startedMs;
  log.info('Activated', { activationMs: Math.round(activationMs) });
  return createPublicApi({ activationMs, searches, model, engine, start, onDidChangeIndex: indexChanged.event });
}

/** VS Code waits for it, for a few seconds: the engine writes what it has and ends. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}
