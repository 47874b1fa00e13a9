import type { EngineApi, SimilarRequest } from '../protocol/engineApi.ts';
import { throwIfAborted } from '../protocol/errors.ts';
import type { SearchRequest, SearchResponse } from '../protocol/types.ts';
import { LatencyLog } from './latencyLog.ts';

export interface SearchesOptions {
  readonly engine: Pick<EngineApi, 'search' | 'findSimilar'>;
  /** Resolves when the engine has its configuration and folders. */
  readonly start: () => Promise<void>;
  /** Whether a hybrid search takes much longer than a lexical one: its query is embedded elsewhere. */
  readonly asksNetwork: () => boolean;
  /** Whether results are reranked, which takes longer still. */
  readonly reranks: () => boolean;
}

/** Every search of the editor goes through here: words first, meaning when it arrives, latency kept. */
export class Searches {
  readonly latency = new LatencyLog();
  readonly #options: SearchesOptions;

  constructor(options: SearchesOptions) {
    this.#options = options;
  }

  /** Pause in typing before a search: `remoteMs` where answering it takes a request, none where this computer answers it. */
  typingPauseMs(remoteMs: number, rerank = true): number {
    return this.#asksElsewhere(rerank) ? remoteMs : 0;
  }

  /**
   * Answers a query. A hybrid one is also asked lexically at the same time; when that answer comes first (the embedding
   * of the query or the reranking needs the network), `onPartial` gets it. Rejects with CancelledError when the signal fires.
   */
  async search(
    request: SearchRequest,
    signal: AbortSignal,
    onPartial?: (response: SearchResponse) => void,
  ): Promise<SearchResponse> {
    const { engine, start } = this.#options;
    await start();
    throwIfAborted(signal);
    const isSlow = this.#asksElsewhere(request.rerank ?? true);
    const twice = onPartial !== undefined && (request.mode ?? 'hybrid') === 'hybrid' && isSlow;
    let answered = false;
    if (twice) {
      // Its failure is of no interest: the whole search fails for the same reason, or succeeds.
      engine.search({ ...request, mode: 'lexical', rerank: false }, signal).then(
        (response) => {
          if (!answered && !signal.aborted) onPartial(response);
        },
        () => undefined,
      );
    }
    try {
      return await this.#timed(() => engine.search(request, signal), signal);
    } finally {
      answered = true;
    }
  }

  async findSimilar(request: SimilarRequest, signal: AbortSignal): Promise<SearchResponse> {
    await this.#options.start();
    return this.#timed(() => this.#options.engine.findSimilar(request, signal), signal);
  }

  #asksElsewhere(rerank: boolean): boolean {
    const { asksNetwork, reranks } = this.#options;
    return asksNetwork() || (reranks() && rerank);
  }

  async #timed(search: () => Promise<SearchResponse>, signal: AbortSignal): Promise<SearchResponse> {
    const startMs = performance.now();
    const response = await search();
    throwIfAborted(signal);
    this.latency.add({ at: Date.now(), totalMs: performance.now() - startMs });
    return response;
  }
}
