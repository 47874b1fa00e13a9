import type * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { EngineStatus, HealthReport, SearchFilter, SearchRequest, SearchResponse } from '../protocol/types.ts';
import { withSignal } from './cancellation.ts';
import type { EngineModel } from './engineModel.ts';
import type { Folders } from './folders.ts';
import { fieldsOf, invalid, optional, readCount, readFilter, readSearchRequest, readWhole } from './searchInput.ts';
import type { Searches } from './searches.ts';

/** Raised by one when something that others rely on changes its meaning or goes; new members do not raise it. */
const apiVersion = 1;

/** A place whose code is compared with all other code. */
export interface FindSimilarRequest {
  /** A file of a workspace folder, scheme `file`. */
  readonly uri: vscode.Uri;
  /** 1-based, inside the function or class that is the question. */
  readonly line: number;
  /** Number of results, 1..1000; default from the settings. */
  readonly k?: number;
  readonly filter?: SearchFilter;
}

/**
 * What other extensions get from `getExtension('codeweaver.codeweaver-search').activate()`.
 *
 * Everything is plain data, and the caller's own copy. Calls reject with an error that has a `code`: `InvalidArgument` for
 * a request that is wrong, `Cancelled` when the token fired, `NotFound`, Provider*, ... The engine is started by the first
 * call. Nothing is sent to a remote provider or reranker that the user has not allowed for this workspace: without
 * permission a search is answered by words, and its `degraded` (or `rerankFailed`) says why.
 */
export interface CodeWeaverApi {
  /** Of this interface. Members are added without a new version. */
  readonly version: typeof apiVersion;
  /** How long activation took, in milliseconds. */
  readonly activationMs: number;
  /** Searches the open workspace. `folders` of the filter are URIs of workspace folders, as text; so is a result's `folderId`. */
  search(request: SearchRequest, token?: vscode.CancellationToken): Promise<SearchResponse>;
  /** Code like that at a place. Makes no request: stored vectors are compared. Rejects with `NotFound` when the file is not indexed. */
  findSimilar(request: FindSimilarRequest, token?: vscode.CancellationToken): Promise<SearchResponse>;
  status(): Promise<EngineStatus>;
  /** Whether everything works: a few milliseconds, no request. */
  health(): Promise<HealthReport>;
  /** The index changed: the same search may have other results now. */
  readonly onDidChangeIndex: vscode.Event<void>;
}

export function createPublicApi(options: {
  readonly activationMs: number;
  readonly searches: Searches;
  readonly folders: Pick<Folders, 'locate'>;
  readonly model: EngineModel;
  readonly engine: Pick<EngineApi, 'health'>;
  readonly start: () => Promise<void>;
  readonly onDidChangeIndex: vscode.Event<void>;
}): CodeWeaverApi {
  const { activationMs, searches, folders, model, engine, start, onDidChangeIndex } = options;
  return {
    version: apiVersion,
    activationMs,
    onDidChangeIndex,
    async search(request, token) {
      const checked = readSearchRequest(request);
      return withSignal(token, async (signal) => structuredClone(await searches.search(checked, signal)));
    },
    async findSimilar(request, token) {
      const fields = fieldsOf(request, 'The request');
      const line = readWhole(fields['line'], 'line');
      const limits = { ...optional('k', fields, readCount), ...optional('filter', fields, readFilter) };
      const located = isUri(request.uri) ? folders.locate(request.uri) : undefined;
      if (located === undefined) throw invalid('"uri" must be the URI of a file in a folder of the workspace.');
      const similar = { folderId: located.folder.id, path: located.path, line, ...limits };
      return withSignal(token, async (signal) => structuredClone(await searches.findSimilar(similar, signal)));
    },
    async status() {
      await start();
      // The model keeps what it was given and shows it.
      return structuredClone(await model.refresh());
    },
    async health() {
      await start();
      return engine.health();
    },
  };
}

/** Each extension has classes of its own: what a URI is is told by what it has. */
function isUri(value: unknown): value is vscode.Uri {
  const { scheme, fsPath } = (value ?? {}) as Partial<vscode.Uri>;
  return typeof scheme === 'string' && typeof fsPath === 'string';
}
