import type { EngineApi, ProfileKind } from '../protocol/engineApi.ts';
import type { ApiKeys } from './apiKeys.ts';
import { setBudget } from './budgetCommand.ts';
import { type Commands, runAction } from './commands.ts';
import type { Configuration } from './configuration.ts';
import { setContext } from './contextKeys.ts';
import type { ChunkInspector } from './chunkInspector.ts';
import { pickChunk } from './chunkPick.ts';
import type { Duplicates } from './duplicates.ts';
import type { EngineModel } from './engineModel.ts';
import type { Folders } from './folders.ts';
import type { IndexCommands } from './indexCommands.ts';
import type { Indexer } from './indexer.ts';
import { clearApiKey, openSettings, setApiKey } from './keyCommands.ts';
import type { LocationOpener } from './locationOpener.ts';
import type { NewHits } from './newHits.ts';
import type { OutputLog } from './outputLog.ts';
import type { Overview } from './overview.ts';
import { chooseProvider } from './providerChoice.ts';
import type { QueryScopes } from './queryScopes.ts';
import type { RecentQueries } from './recentQueries.ts';
import type { RemotePermission } from './remotePermission.ts';
import { allowReranking } from './rerankCommand.ts';
import type { SavedSearches } from './savedSearches.ts';
import { SearchPick } from './searchPick.ts';
import type { Searches } from './searches.ts';
import { findSimilar } from './similarCommand.ts';
import { SimilarPick } from './similarPick.ts';
import { hitMenu, savedSearchMenu } from './viewMenus.ts';
import type { PerformancePanel } from './views/performancePanel.ts';
import type { SearchView } from './views/searchView.ts';
import { whyFile } from './whyFile.ts';
import type { WorkspaceIndex } from './workspaceIndex.ts';

export interface CommandTableOptions {
  readonly duplicates: Duplicates;
  readonly engine: Pick<EngineApi, 'chunks' | 'plan' | 'testEndpoint' | 'why'>;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly index: WorkspaceIndex;
  readonly indexer: Indexer;
  readonly indexCommands: IndexCommands;
  readonly inspector: ChunkInspector;
  readonly keys: ApiKeys;
  readonly log: OutputLog;
  readonly model: Pick<EngineModel, 'status'>;
  readonly newHits: NewHits;
  readonly opener: LocationOpener;
  readonly overview: Overview;
  readonly panel: PerformancePanel;
  readonly permission: RemotePermission;
  readonly recent: RecentQueries;
  readonly runBenchmark: () => Promise<void>;
  readonly recordProfile: (kind: ProfileKind, seconds: unknown) => Promise<void>;
  readonly probeEndpoint: () => Promise<void>;
  readonly getStarted: () => Promise<void>;
  readonly reportDiagnostics: (kind: unknown) => Promise<void>;
  readonly saved: SavedSearches;
  readonly searches: Searches;
  readonly scopes: QueryScopes;
  readonly view: SearchView;
}

/** What each command does. */
export function createCommands(options: CommandTableOptions): Commands {
  const { configuration, engine, folders, index, indexer, indexCommands, keys, log, panel, permission, view } = options;
  const { duplicates, inspector } = options;
  let pick: SearchPick | SimilarPick | undefined;
  // One pick closes after the next one has opened.
  const shows = (isNewest: () => boolean) => (visible: boolean) => {
    if (visible || isNewest()) setContext('codeweaver.pickVisible', visible);
  };
  return {
    search: (query) => {
      void index.start();
      pick?.dispose();
      const searchPick: SearchPick = new SearchPick({
        ...options,
        runAction,
        onVisible: shows(() => pick === searchPick),
        openInView: (search) =>
          void view.command(
            typeof search === 'string' ? { name: 'search', query: search } : { name: 'searchSaved', search },
            true,
          ),
      });
      pick = searchPick;
      searchPick.show(typeof query === 'string' ? query : '');
    },
    openBeside: async () => pick?.accept(true),
    openSearchView: async (query) =>
      view.command(typeof query === 'string' ? { name: 'search', query } : { name: 'focusQuery' }, true),
    findSimilar: async () =>
      findSimilar(folders, () => {
        pick?.dispose();
        const similarPick: SimilarPick = new SimilarPick({
          ...options,
          preview: configuration.settings.editor.preview,
          onVisible: shows(() => pick === similarPick),
          openInView: (source, title) => void view.command({ name: 'findSimilar', source, title }, true),
        });
        pick = similarPick;
        return similarPick;
      }),
    findDuplicates: async (uri) => duplicates.find(uri),
    inspectChunks: async () => inspector.toggle(),
    listChunks: async () => pickChunk(options),
    saveSearch: async () => view.command({ name: 'saveSearch' }, true),
    clearHistory: async () => options.recent.clear(),
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
    chooseProvider: async () =>
      chooseProvider({
        ...options,
        start: async () => index.start(),
        indexWorkspace: async () => indexCommands.indexWorkspace(),
      }),
    setBudget: async () => setBudget(configuration, options.model),
    setApiKey: async () => setApiKey(keys, configuration),
    clearApiKey: async () => clearApiKey(keys, configuration),
    allowReranking: async () => allowReranking(permission, configuration),
    openSettings: async () => openSettings(),
    showLog: () => log.show(),
    getStarted: async () => options.getStarted(),
    reportDiagnostics: async (kind) => options.reportDiagnostics(kind),
    viewRefresh: async () => view.command({ name: 'refresh' }, false),
    viewClear: async () => view.command({ name: 'clear' }, false),
    viewToggleFilters: async () => view.command({ name: 'toggleFilters' }, false),
    viewToggleGrouping: async () => view.command({ name: 'toggleGrouping' }, false),
    viewExpandAll: async () => view.command({ name: 'expandAll' }, false),
    viewCollapseAll: async () => view.command({ name: 'collapseAll' }, false),
    ...hitMenu(options),
    ...savedSearchMenu(options.saved),
    duplicatesRefresh: async () => duplicates.refresh(),
    duplicatesClear: () => duplicates.clear(),
    duplicatesCopy: async () => duplicates.copyMarkdown(),
    duplicatesOpen: async (node) => duplicates.open(node),
    duplicatesCompare: async (node) => duplicates.compare(node),
  };
}
