import * as vscode from 'vscode';
import type { EngineClient } from '../node/engineClient.ts';
import { ApiKeys } from './apiKeys.ts';
import { askModally as ask } from './ask.ts';
import { Configuration } from './configuration.ts';
import { createEngineClient } from './engineHost.ts';
import { EngineModel } from './engineModel.ts';
import { FileWatching } from './fileWatching.ts';
import { Folders } from './folders.ts';
import { HostMetrics } from './hostMetrics.ts';
import { Indexer } from './indexer.ts';
import { LocationOpener } from './locationOpener.ts';
import { OpenDocuments } from './openDocuments.ts';
import type { OutputLog } from './outputLog.ts';
import { Overview } from './overview.ts';
import { QueryScopes } from './queryScopes.ts';
import { RemotePermission } from './remotePermission.ts';
import { Searches } from './searches.ts';
import { WorkspaceIndex } from './workspaceIndex.ts';

/** Hands a disposable over to whoever ends the extension, and gives it back. */
export type Own = <T extends vscode.Disposable>(disposable: T) => T;

/** Everything that works without being seen; what is shown is made of these. */
export interface Services {
  readonly engine: EngineClient;
  readonly keys: ApiKeys;
  readonly permission: RemotePermission;
  readonly configuration: Configuration;
  readonly folders: Folders;
  readonly metrics: HostMetrics;
  readonly model: EngineModel;
  readonly indexer: Indexer;
  readonly index: WorkspaceIndex;
  readonly searches: Searches;
  readonly scopes: QueryScopes;
  readonly overview: Overview;
  readonly opener: LocationOpener;
  /** Resolves when the engine has its configuration and folders; starts it if need be. */
  readonly start: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Creates each service once, in order. Nothing here starts the engine or waits for anything. */
export function createServices(context: vscode.ExtensionContext, log: OutputLog, own: Own): Services {
  const engine = createEngineClient(context, log, () => model.forget());
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
    ...{ engine, start },
    asksNetwork: () => model.asksNetwork,
    reranks: () => configuration.settings.engine.rerank.enabled,
  });
  const scopes = new QueryScopes(folders);
  const overview = own(new Overview({ model, indexer, folders, configuration, permission }));
  const opener = own(new LocationOpener(folders));
  return {
    ...{ engine, keys, permission, configuration, folders, metrics, model, indexer, index, searches, overview, opener },
    ...{ scopes, start, onError },
  };
}
