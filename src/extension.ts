import * as vscode from 'vscode';
import type { EngineClient } from './node/engineClient.ts';
import { registerAgents } from './vscode/agents/registerAgents.ts';
import { askModally as ask } from './vscode/ask.ts';
import { registerChunkDocuments } from './vscode/chunkDocument.ts';
import { ChunkInspector } from './vscode/chunkInspector.ts';
import { registerCommands, runAction } from './vscode/commands.ts';
import { createCommands } from './vscode/commandTable.ts';
import { reportDiagnostics } from './vscode/diagnostics/reportDiagnostics.ts';
import { Duplicates } from './vscode/duplicates.ts';
import { sayError } from './vscode/errorMessages.ts';
import { getStarted } from './vscode/getStarted.ts';
import { IndexCommands } from './vscode/indexCommands.ts';
import { LastBenchmark } from './vscode/lastBenchmark.ts';
import { NewHits } from './vscode/newHits.ts';
import { registerLineContent } from './vscode/lineContent.ts';
import { OutputLog } from './vscode/outputLog.ts';
import { runBenchmarkCommand } from './vscode/benchmarkCommand.ts';
import { recordProfileCommand } from './vscode/profileCommand.ts';
import { runProbeCommand } from './vscode/probeCommand.ts';
import { type CodeWeaverApi, createPublicApi } from './vscode/publicApi.ts';
import { RecentQueries } from './vscode/recentQueries.ts';
import { SavedSearches } from './vscode/savedSearches.ts';
import { createServices, type Own } from './vscode/services.ts';
import { StatusBar } from './vscode/statusBar.ts';
import { SyntaxColours } from './vscode/syntaxColours.ts';
import { DuplicatesView } from './vscode/views/duplicatesView.ts';
import { PerformancePanel } from './vscode/views/performancePanel.ts';
import { SearchView } from './vscode/views/searchView.ts';

/** Time in which hits that are shown are looked at. */
const lookMs = 1_000;

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
  const { engine, searches, overview } = services;
  running = engine;

  const recent = new RecentQueries(context.workspaceState);
  const saved = new SavedSearches(context.workspaceState);
  const asksNetwork = (): boolean => services.model.asksNetwork;
  const newHits = own(
    new NewHits({
      ...services,
      ...{ state: context.workspaceState, saved, asksNetwork, lookMs },
      start: async () => {
        await services.start();
        await services.model.refresh();
      },
    }),
  );
  const { extensionUri } = context;
  const onShown = (): void => void services.start();
  const syntaxColours = own(new SyntaxColours({ extensionUri, log: (record) => log.log(record) }));
  const shown = { runAction, recent, saved, newHits, syntaxColours, extensionUri, onShown };
  const view = own(new SearchView({ ...services, ...shown }));
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
  own(registerChunkDocuments(services));
  own(new StatusBar(overview, searches.latency));

  const storageUri = context.globalStorageUri;
  const commands = createCommands({
    ...services,
    ...{ duplicates, inspector, log, newHits, panel, view, recent, saved },
    indexCommands: new IndexCommands(services),
    runBenchmark: async () => runBenchmarkCommand({ engine, storageUri, last: benchmark }),
    recordProfile: async (kind, seconds) => recordProfileCommand(kind, seconds, { engine, storageUri }),
    probeEndpoint: async () => runProbeCommand({ ...services, ask }),
    getStarted: async () => getStarted(context.extension),
    reportDiagnostics: async (kind) => reportDiagnostics(kind, { ...services, log, context }),
  });
  own(registerCommands(commands, (error) => sayError(error, log)));
  own(registerAgents(context, services));
  const indexChanged = own(new vscode.EventEmitter<void>());
  engine.on('indexChanged', () => {
    view.refreshSoon();
    indexChanged.fire();
  });

  const activationMs = performance.now() - startedMs;
  log.info('Activated', { activationMs: Math.round(activationMs) });
  return createPublicApi({ ...services, activationMs, onDidChangeIndex: indexChanged.event });
}

/** VS Code waits for it, for a few seconds: the engine writes what it has and ends. */
export async function deactivate(): Promise<void> {
  await running?.close();
  running = undefined;
}
