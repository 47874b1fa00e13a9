import type { EmbeddingConfig, ProviderId } from './config.ts';
import type { RelativePath } from './types.ts';

/** What requests to embedding endpoints took. */
export interface Spent {
  readonly requests: number;
  /** As the endpoints counted them; estimated for a request that may have been charged and got no answer. */
  readonly tokens: number;
  /** US dollars at list prices, for the tokens of models whose price is known. */
  readonly dollars: number;
  /** Of the tokens, those of models without a known price. */
  readonly unpricedTokens: number;
}

/** The running meter. All of it but `workspace` is of all folders that this user embeds on this machine. */
export interface SpendingStatus {
  /** Tokens that `workspace` may come to; undefined = no budget. */
  readonly budgetTokens?: number;
  /** For the open folders, ever: removing or rebuilding an index does not take it back. */
  readonly workspace: Spent;
  /** Since the engine was started. */
  readonly run: Spent;
  /** Of the local day and month. */
  readonly today: Spent;
  readonly month: Spent;
}

export interface PlanRequest {
  readonly folderId: string;
  /** Globs (as in `files.exclude`) to leave out besides those of the configuration. */
  readonly exclude?: readonly string[];
  /** Plans for these settings instead of the engine's. */
  readonly embedding?: EmbeddingConfig;
}

/** A part of a plan by directory. Directories of one plan do not overlap. */
export interface PlanDirectory {
  /** '' = the files at the top. */
  readonly path: RelativePath;
  /** Only the files directly in it; those below are listed by themselves, or left out as too few. */
  readonly isDirect: boolean;
  /** To be sent. */
  readonly chunks: number;
  readonly tokens: number;
  /** Of the tokens to be sent, 0..1. */
  readonly share: number;
}

/**
 * What embedding a folder would take, by its catalogue as it stands; nothing is sent to find out. Chunks sum up:
 * `chunks = withVector + cached + repeated + toSend`; with the embedded model, which sends nothing, `toSend` is 0 and the
 * rest is `local`.
 */
export interface IndexingPlan {
  readonly folderId: string;
  readonly provider: ProviderId;
  readonly model: string;
  /** Base URL without credentials or query; '' for the embedded model. */
  readonly endpoint: string;
  /** Every file that was found is chunked. False: it will be more. */
  readonly isComplete: boolean;
  /** With chunks. */
  readonly files: number;
  readonly chunks: number;
  /** Have a vector of this model already. */
  readonly withVector: number;
  /** Their vector is in the embedding cache. */
  readonly cached: number;
  /** Have the text of another chunk that is sent. */
  readonly repeated: number;
  /** Get their vector on this computer. */
  readonly local: number;
  readonly toSend: number;
  /** Estimated as batches are: some 2 % too high on code, mean error 5 %. */
  readonly tokens: number;
  /** At the settings' batch limits; retries not counted. */
  readonly requests: number;
  /** US dollars at the list price; undefined = no price is known. */
  readonly dollars?: number;
  /**
   * Milliseconds of the requests. `most` is undefined where only rate limits are known. Undefined: the endpoint was never
   * probed and names no limits.
   */
  readonly time?: { readonly least: number; readonly most?: number };
  /** Bytes on disk of the vectors that are added to the cache, 4 for each component; undefined = their size is not known. */
  readonly vectorBytes?: number;
  /** Largest first, ten at most. */
  readonly directories: readonly PlanDirectory[];
}

/** What one request of made-up words to an endpoint showed. */
export interface EndpointTest {
  readonly endpoint: string;
  readonly model: string;
  readonly dimensions: number;
  /** From sending to the last byte. */
  readonly latencyMs: number;
  /** As the endpoint counted them; 0 = it does not say. */
  readonly tokens: number;
}
