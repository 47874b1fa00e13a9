import * as vscode from 'vscode';
import type { EngineClient } from './node/engineClient.ts';
import { askModally as ask } from './vscode/ask.ts';
import { ChunkInspector } from './vscode/chunkInspector.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { createCommands } from './vscode/commandTable.ts';
import { Duplicates } from './vscode/duplicates.ts';
import { sayError } from './vscode/errorMessages.ts';
import { IndexCommands } from './vscode/indexCommands.ts';
import { LastBenchmark } from './vscode/lastBenchmark.ts';
import { registerLineContent } from './vscode/lineContent.ts';
import { OutputLog } from './vscode/outputLog.ts';
import { runBenchmarkCommand } from './vscode/benchmarkCommand.ts';
import { recordProfileCommand } from './vscode/profileCommand.ts';
import { runProbeCommand } from './vscode/probeCommand.ts';
import { type CodeWeaverApi, createPublicApi } from './vscode/publicApi.ts';
import { RecentQueries } from './vscode/recentQueries.ts';
import { createServices, type Own } from './vscode/services.ts';
import { StatusBar } from './vscode/statusBar.ts';
import { DuplicatesView } from './vscode/views/duplicatesView.ts';
import { PerformancePanel } from './vscode/views/performancePanel.ts';
import { SearchView } from './vscode/views/searchView.ts';

let running: EngineClient | undefined;

/** The composition root: creates what is seen over the services it is made of. Nothing here starts the engine. */
export function activate(context: vscode.ExtensionContext): CodeWeaverApi {
  const startedMs = performance.now();
  const own: Own = (disposable) => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(new OutputLog());
  const services = createServices(context, log, own);
  const { engine, searches, overview, model, start } = services;
  running = engine;

  const view = own(
    new SearchView({ ...services, runAction, extensionUri: context.extensionUri, onShown: () => void start() }),
  );
  const benchmark = new LastBenchmark(context.globalState);
  const panel = own(
    new PerformancePanel({
      ...services,
      ...{ benchmark, runAction },
      extension: context.extension,
      latency: searches.latency,
    }),
  );
  const duplicates = new Duplicates({ ...services, view: own(new DuplicatesView(services.folders)) });
  const inspector = own(new ChunkInspector(services));
  own(registerLineContent());
  own(new StatusBar(overview, searches.latency));

  const storageUri = context.globalStorageUri;
  const commands = createCommands({
    ...services,
    ...{ duplicates, inspector, log, panel, view },
    indexCommands: new IndexCommands(services),
    recent: new RecentQueries(context.workspaceState),
    runBenchmark: async () => runBenchmarkCommand({ engine, storageUri, last: benchmark }),
    recordProfile: async (kind, seconds) => recordProfileCommand(kind, seconds, { engine, storageUri }),
    probeEndpoint: async () => runProbeCommand({ ...services, ask }),
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
