import { CancelledError, throwIfAborted } from '../../../protocol/errors.ts';
import type { ProviderStatus } from '../../../protocol/types.ts';
import type { Clock, Hasher, Metrics, ModelFiles } from '../../ports.ts';
import type { EmbeddingBatch, EmbeddingDocument, EmbeddingProvider, EmbeddingSpace } from '../../providerPorts.ts';
import { identifiedSpace } from '../embeddingSpace.ts';
import { LocalModel } from './localModel.ts';
import { readModelFile, type ModelFile } from './modelFile.ts';

/** Raised when the same model gives a text another vector than before: tokens, fields or sums have changed. */
const algorithm = 1;
/** Documents that one look at the clock is for: 1 ms. */
const documentsPerLook = 64;
/** Other work of this thread waits at most about this long. */
const turnMs = 8;

export interface LocalProviderDependencies {
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** Records the stage `embed`, one sample per turn of the event loop, and counts tokens. */
  readonly metrics: Metrics;
}

/**
 * The model that ships with the extension, as a provider: no requests, no limits, no keys. Its table is built with the first
 * text. Throws AppError `ProviderInstallation` when the model is damaged. Calls reject only when they are cancelled.
 */
export function createLocalProvider(files: ModelFiles, dependencies: LocalProviderDependencies): EmbeddingProvider {
  return new LocalProvider(files, dependencies);
}

class LocalProvider implements EmbeddingProvider {
  readonly space: EmbeddingSpace;
  readonly recomputable = true;
  readonly limits = { maxBatchInputs: Infinity, maxBatchTokens: Infinity, maxInputTokens: Infinity };
  readonly #dependencies: LocalProviderDependencies;
  /** The file until the first text, then what was made of it; undefined once disposed of. */
  #files: (ModelFiles & { readonly file: ModelFile }) | undefined;
  #model: LocalModel | undefined;
  #tokens = 0;

  constructor(files: ModelFiles, dependencies: LocalProviderDependencies) {
    const file = readModelFile(files.model);
    this.space = spaceOf(file, dependencies.hasher);
    this.#dependencies = dependencies;
    this.#files = { ...files, file };
  }

  get memoryBytes(): number {
    return this.#model?.bytes ?? 0;
  }

  async embedDocuments(
    documents: readonly EmbeddingDocument[],
    signal?: AbortSignal,
    onBatch?: (indexes: readonly number[], vectors: readonly Float32Array[]) => void,
  ): Promise<EmbeddingBatch> {
    const { clock, metrics } = this.#dependencies;
    throwIfAborted(signal);
    const model = this.#openModel();
    const all: Float32Array[] = [];
    let tokens = 0;
    while (all.length < documents.length) {
      const first = all.length;
      const startMs = clock.monotonicMs();
      do {
        for (const document of documents.slice(all.length, all.length + documentsPerLook)) {
          const embedded = model.embedDocument(document);
          all.push(embedded.vector);
          tokens += embedded.tokens;
        }
      } while (all.length < documents.length && clock.monotonicMs() - startMs < turnMs);
      metrics.record('embed', clock.monotonicMs() - startMs);
      const vectors = all.slice(first);
      onBatch?.(
        vectors.map((_, index) => first + index),
        vectors,
      );
      if (all.length < documents.length) await clock.yield();
      throwIfAborted(signal);
    }
    this.#tokens += tokens;
    metrics.count('embedTokens', tokens);
    return { vectors: all, tokens, requests: 0 };
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    throwIfAborted(signal);
    const { vector, tokens } = this.#dependencies.metrics.time('queryEmbed', () => this.#openModel().embedQuery(text));
    this.#tokens += tokens;
    return vector;
  }

  status(): ProviderStatus {
    return { id: this.space.provider, state: 'ok', requests: 0, tokens: this.#tokens, retries: 0 };
  }

  updateGauges(): void {
    // There is no budget.
  }

  dispose(): void {
    this.#model = this.#files = undefined;
  }

  /** The file's bytes are let go as soon as the model has its own copy of them. */
  #openModel(): LocalModel {
    if (this.#model === undefined) {
      if (this.#files === undefined) throw new CancelledError();
      this.#model = new LocalModel(this.#files.file, this.#files.pooling);
      this.#files = undefined;
    }
    return this.#model;
  }
}

function spaceOf({ name, version, dimensions, matryoshka }: ModelFile, hasher: Hasher): EmbeddingSpace {
  const model = `${name} ${version}`;
  const parameters = JSON.stringify({ algorithm });
  return identifiedSpace(
    { provider: 'embedded', endpoint: '', model, dimensions, normalized: true, parameters, matryoshka },
    hasher,
  );
}
