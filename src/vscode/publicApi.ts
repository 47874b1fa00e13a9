import type * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { EngineStatus, HealthReport, SearchRequest, SearchResponse } from '../protocol/types.ts';
import type { EngineModel } from './engineModel.ts';
import type { Searches } from './searches.ts';

/** What other extensions get from `getExtension('codeweaver.codeweaver-search').activate()`. */
export interface CodeWeaverApi {
  /** How long activation took, in milliseconds. */
  readonly activationMs: number;
  /** Searches the open workspace. Rejects with an error that has a `code`; nothing is sent that the user did not allow. */
  search(request: SearchRequest, token?: vscode.CancellationToken): Promise<SearchResponse>;
  status(): Promise<EngineStatus>;
  /** Whether everything works: a few milliseconds, no request. */
  health(): Promise<HealthReport>;
  /** The index changed: the same search may have other results now. */
  readonly onDidChangeIndex: vscode.Event<void>;
}

export function createPublicApi(options: {
  readonly activationMs: number;
  readonly searches: Searches;
  readonly model: EngineModel;
  readonly engine: Pick<EngineApi, 'health'>;
  readonly start: () => Promise<void>;
  readonly onDidChangeIndex: vscode.Event<void>;
}): CodeWeaverApi {
  const { activationMs, searches, model, engine, start, onDidChangeIndex } = options;
  return {
    activationMs,
    onDidChangeIndex,
    async search(request, token) {
      const controller = new AbortController();
      const cancelling = token?.onCancellationRequested(() => controller.abort());
      if (token?.isCancellationRequested === true) controller.abort();
      try {
        return await searches.search(request, controller.signal);
      } finally {
        cancelling?.dispose();
      }
    },
    async status() {
      await start();
      return model.refresh();
    },
    async health() {
      await start();
      return engine.health();
    },
  };
}
