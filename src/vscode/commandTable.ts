import * as vscode from 'vscode';
import type { EngineApi, ProfileKind } from '../protocol/engineApi.ts';
import type { ApiKeys } from './apiKeys.ts';
import { type Commands, runAction } from './commands.ts';
import type { Configuration } from './configuration.ts';
import { setContext } from './contextKeys.ts';
import type { ChunkInspector } from './chunkInspector.ts';
import { pickChunk } from './chunkPick.ts';
import type { Duplicates } from './duplicates.ts';
import type { Folders } from './folders.ts';
import type { IndexCommands } from './indexCommands.ts';
import type { Indexer } from './indexer.ts';
import { clearApiKey, openSettings, setApiKey } from './keyCommands.ts';
import type { LocationOpener } from './locationOpener.ts';
import type { OutputLog } from './outputLog.ts';
import type { Overview } from './overview.ts';
import type { RecentQueries } from './recentQueries.ts';
import type { RemotePermission } from './remotePermission.ts';
import { allowReranking } from './rerankCommand.ts';
import { SearchPick } from './searchPick.ts';
import type { Searches } from './searches.ts';
import { pickSimilar } from './similarPick.ts';
import type { PerformancePanel } from './views/performancePanel.ts';
import type { SearchView } from './views/searchView.ts';
import { whyFile } from './whyFile.ts';
import type { WorkspaceIndex } from './workspaceIndex.ts';

export interface CommandTableOptions {
  readonly duplicates: Duplicates;
  readonly engine: Pick<EngineApi, 'chunks' | 'why'>;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly index: WorkspaceIndex;
  readonly indexer: Indexer;
  readonly indexCommands: IndexCommands;
  readonly inspector: ChunkInspector;
  readonly keys: ApiKeys;
  readonly log: OutputLog;
  readonly opener: LocationOpener;
  readonly overview: Overview;
  readonly panel: PerformancePanel;
  readonly permission: RemotePermission;
  readonly recent: RecentQueries;
  readonly runBenchmark: () => Promise<void>;
  readonly recordProfile: (kind: ProfileKind, seconds: unknown) => Promise<void>;
  readonly probeEndpoint: () => Promise<void>;
  readonly searches: Searches;
  readonly view: SearchView;
}

/** What each command does. */
export function createCommands(options: CommandTableOptions): Commands {
  const { configuration, engine, folders, index, indexer, indexCommands, keys, log, panel, permission, view } = options;
  const { duplicates, inspector } = options;
  let pick: SearchPick | undefined;
  return {
    search: (query) => {
      void index.start();
      pick?.dispose();
      pick = new SearchPick({
        ...options,
        runAction,
        openInView: (text) => void view.command({ name: 'search', query: text }, true),
        onVisible: (visible) => setContext('codeweaver.pickVisible', visible),
      });
      pick.show(typeof query === 'string' ? query : '');
    },
    openBeside: async () => pick?.accept(true),
    openSearchView: async (query) =>
      view.command(typeof query === 'string' ? { name: 'search', query } : { name: 'focusQuery' }, true),
    findSimilar: async () => findSimilar(options),
    findDuplicates: async (uri) => duplicates.find(uri),
    inspectChunks: async () => inspector.toggle(),
    listChunks: async () => pickChunk(options),
    indexWorkspace: async () => indexCommands.indexWorkspace(),
    cancelIndexing: () => indexer.cancel(),
    pauseIndexing: () => indexer.pause(),
    resumeIndexing: async () => {
      await index.start();
      indexer.resume();
    },
    rebuildIndex: async () => indexCommands.rebuild(),
    clearIndex: async () => indexCommands.clear(),
    whyFile: async (uri) => whyFile(uri, engine, folders),
    showPerformance: () => {
      if (folders.all.length > 0) void index.start();
      panel.show();
    },
    runBenchmark: async () => options.runBenchmark(),
    recordCpuProfile: async (seconds) => options.recordProfile('cpu', seconds),
    recordHeapProfile: async (seconds) => options.recordProfile('heap', seconds),
    probeEndpoint: async () => options.probeEndpoint(),
    checkRecall: async () => indexCommands.checkRecall(),
    setApiKey: async () => setApiKey(keys, configuration),
    clearApiKey: async () => clearApiKey(keys, configuration),
    allowReranking: async () => allowReranking(permission, configuration),
    openSettings: async () => openSettings(),
    showLog: () => log.show(),
    viewRefresh: async () => view.command({ name: 'refresh' }, false),
    viewClear: async () => view.command({ name: 'clear' }, false),
    viewToggleFilters: async () => view.command({ name: 'toggleFilters' }, false),
    viewToggleGrouping: async () => view.command({ name: 'toggleGrouping' }, false),
    viewExpandAll: async () => view.command({ name: 'expandAll' }, false),
    viewCollapseAll: async () => view.command({ name: 'collapseAll' }, false),
    duplicatesRefresh: async () => duplicates.refresh(),
    duplicatesClear: () => duplicates.clear(),
    duplicatesCopy: async () => duplicates.copyMarkdown(),
    duplicatesOpen: async (node) => duplicates.open(node),
    duplicatesCompare: async (node) => duplicates.compare(node),
  };
}

async function findSimilar({ folders, opener, searches }: CommandTableOptions): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const located = editor && folders.locate(editor.document.uri);
  if (editor === undefined || located === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Open a file of the workspace and go to the code in question.'),
    );
    return;
  }
  const request = { folderId: located.folder.id, path: located.path, line: editor.selection.active.line + 1 };
  await pickSimilar(request, { searches, folders, opener });
}
