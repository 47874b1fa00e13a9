import type { EngineConfig, RerankConfig } from '../../protocol/config.ts';
import type { Credentials, Permissions } from '../../protocol/engineApi.ts';
import { AppError, failureOf, throwIfAborted, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { RerankerStatus, SearchResponse } from '../../protocol/types.ts';
import type { Clock, Logger, Metrics } from '../ports.ts';
import type { RerankProvider } from '../providerPorts.ts';
import { mix, rerankCandidates } from '../rerank/rerankCandidates.ts';
import { ScoreMemory } from '../rerank/scoreMemory.ts';
import { createRerankProvider, type RerankDependencies } from '../rerank/rerankProvider.ts';
import { storedChunks } from './candidates.ts';
import { withDeadline } from './deadline.ts';
import { FailurePause } from './failurePause.ts';
import type { Found } from './rankHits.ts';

/** After a failure searches are answered without reranking at once for this long, or as long as the endpoint asks for. */
const pauseMs = 10_000;
const maxPauseMs = 300_000;

export interface RerankingOptions {
  /** The reranker, or why there is none to ask although one is configured. */
  readonly provider: RerankProvider | AppError;
  readonly config: RerankConfig;
  readonly maxPerFile: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface RerankRequest {
  readonly query: string;
  readonly k: number;
  /** Gets `rerankMs`. */
  readonly timings: { rerankMs?: number };
}

export interface RerankOutcome {
  readonly found: readonly Found[];
  readonly response: Pick<SearchResponse, 'reranked' | 'rerankFailed'>;
}

/**
 * The last stage of a search: the best hits get their final order from a reranker. Whatever goes wrong with it, the hits
 * stay in the order of the ranking stage and the response says why. One instance per configuration.
 */
export class Reranking {
  readonly #options: RerankingOptions;
  readonly #pause: FailurePause;
  readonly #memory = new ScoreMemory();
  #state: 'unknown' | 'ok' | AppError = 'unknown';

  constructor(options: RerankingOptions) {
    this.#options = options;
    this.#pause = new FailurePause(options.clock);
  }

  /** Rejects with CancelledError when the signal fires, and with nothing else. */
  async rerank(found: readonly Found[], request: RerankRequest, signal?: AbortSignal): Promise<RerankOutcome> {
    const { provider, config, clock, logger, metrics } = this.#options;
    if (provider instanceof AppError) return failed(found, provider);
    const paused = this.#pause.failure;
    if (paused !== undefined) return failed(found, paused);
    if (found.length === 0) return { found, response: {} };
    const start = clock.monotonicMs();
    let isAsked = false;
    try {
      const outcome = await withDeadline(
        { clock, ms: config.timeoutMs, signal },
        async (either) => this.#rerank(provider, found, { ...request, onAsk: () => (isAsked = true) }, either),
        () => tooSlow(provider.host, config.timeoutMs),
      );
      if (isAsked) this.#state = 'ok';
      return outcome;
    } catch (error) {
      throwIfAborted(signal);
      const failure = toAppError(error);
      this.#state = failure;
      metrics.fail('rerank');
      const { code, message } = failure;
      logger.log({ level: 'warn', message: 'Results are not reranked', fields: { code, error: message } });
      this.#pause.start(failure, pauseAfter(failure));
      return failed(found, failure);
    } finally {
      request.timings.rerankMs = clock.monotonicMs() - start;
      if (isAsked) metrics.record('rerank', request.timings.rerankMs);
    }
  }

  /** Lets go of remembered scores. */
  trimMemory(): void {
    this.#memory.clear();
  }

  status(): RerankerStatus {
    const { provider, config } = this.#options;
    if (provider instanceof AppError) {
      const state = provider.code === 'WorkspaceUntrusted' ? 'none' : 'error';
      const { baseUrl, model } = config;
      return {
        state,
        message: provider.message,
        phrase: provider.phrase,
        host: hostOf(baseUrl),
        model,
        requests: 0,
        documents: 0,
      };
    }
    const { host, model, totals } = provider;
    const about = { host, model, ...totals };
    if (this.#state instanceof AppError) {
      const { message, phrase: said } = this.#state;
      return { state: 'error', message, phrase: said, ...about };
    }
    return { state: this.#state, ...about };
  }

  async #rerank(
    provider: RerankProvider,
    found: readonly Found[],
    { query, k, onAsk }: Pick<RerankRequest, 'query' | 'k'> & { readonly onAsk: () => void },
    signal: AbortSignal,
  ): Promise<RerankOutcome> {
    const { config, maxPerFile } = this.#options;
    const head = found.slice(0, config.candidates);
    const chunks = storedChunks(head.map(({ key }) => key));
    const candidates = head.flatMap((entry) => {
      const document = chunks.get(entry.key);
      return document === undefined ? [] : [{ entry, document, score: entry.score }];
    });
    let requests = 0;
    const judged = await rerankCandidates(candidates, {
      k,
      maxPerFile,
      weight: config.weight,
      batchSize: config.maxBatchDocuments,
      fileOf: ({ entry }) => entry.file,
      scoreType: () => provider.scoreType,
      scoreBatch: async (batch) => {
        throwIfAborted(signal);
        const documents = batch.map(({ document }) => document);
        return this.#memory.scoresOf(query, documents, async (unknown) => {
          onAsk();
          const answer = await provider.rerank(query, unknown, signal);
          requests += answer.requests;
          return answer.scores;
        });
      },
    });
    const reranked = judged.map(({ candidate: { entry }, score, rerankScore }) => {
      return { ...entry, score, reranked: { rerankScore, rankingScore: entry.score } };
    });
    // The rest counts as if the reranker had given it nothing: it stays behind and in order.
    const rest = [...candidates.slice(judged.length).map(({ entry }) => entry), ...found.slice(head.length)];
    const behind = rest.map((entry) => ({ ...entry, score: mix(0, entry.score, config.weight) }));
    const documents = judged.length;
    return {
      found: [...reranked, ...behind],
      response: { reranked: { documents, requests, stoppedEarly: documents < candidates.length } },
    };
  }
}

/**
 * Undefined where the configuration has reranking off. Settings that cannot be used keep searches from being reranked, and
 * from nothing else.
 */
export function createReranking(
  { rerank, search }: EngineConfig,
  { rerankApiKey }: Credentials,
  { reranker: allowed }: Permissions,
  dependencies: RerankDependencies & { readonly logger: Logger },
): Reranking | undefined {
  if (!rerank.enabled) return undefined;
  const createProvider = (): RerankProvider | AppError => {
    if (allowed !== true) {
      return new AppError('WorkspaceUntrusted', phrase`Nothing of this workspace may be sent to the reranker.`);
    }
    try {
      return createRerankProvider(rerank, rerankApiKey, dependencies);
    } catch (error) {
      return toAppError(error);
    }
  };
  return new Reranking({
    ...{ provider: createProvider(), config: rerank, maxPerFile: search.maxPerFile },
    ...dependencies,
  });
}

function failed(found: readonly Found[], failure: AppError): RerankOutcome {
  return { found, response: { rerankFailed: failureOf(failure) } };
}

function pauseAfter({ data }: AppError): number {
  return Math.min(maxPauseMs, Math.max(pauseMs, Number(data['retryAfterMs'] ?? 0)));
}

function tooSlow(host: string, timeoutMs: number): AppError {
  return new AppError(
    'ProviderTimeout',
    phrase`${host} did not rerank within ${timeoutMs / 1_000} s. Lower "rerank.candidates", or raise "rerank.timeoutMs".`,
  );
}

function hostOf(baseUrl: string): string {
  return URL.parse(baseUrl)?.host ?? baseUrl;
}
