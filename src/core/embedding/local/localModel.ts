import type { EmbeddingDocument } from '../../providerPorts.ts';
import { damagedModel, type ModelFile } from './modelFile.ts';
import { PoolingKernel } from './poolingKernel.ts';
import { symbolFields } from './symbolFields.ts';
import { TokenCounter } from './tokenCounter.ts';

/**
 * The embedded model: static token embeddings, pooled by counts. A token's weight in a document is
 * sqrt(body * in its text + name * in its names + scope * in what encloses them + path * in its path) times a learnt
 * scale, in a query sqrt(count) times another. Vectors are Float32Array(dimensions) of unit length, the same bytes on every
 * machine. A text without any token has the direction of the empty token.
 */
export class LocalModel {
  readonly #weights: ModelFile['weights'];
  readonly #kernel: PoolingKernel;
  readonly #counter: TokenCounter;

  /** Throws AppError `ProviderInstallation` when there is no memory for the model, or its vocabulary does not fit its rows. */
  constructor(model: ModelFile, pooling: WebAssembly.Module) {
    this.#weights = model.weights;
    this.#kernel = new PoolingKernel(pooling, model);
    const tokens = new TextDecoder().decode(model.vocabulary).split('\n');
    const rowOf = new Map(tokens.slice(0, model.tokens).map((token, row) => [token, row]));
    if (rowOf.size !== model.tokens) throw damagedModel('its vocabulary is not whole');
    const { counts, touched } = this.#kernel;
    this.#counter = new TokenCounter({ rowOf, buckets: model.buckets, counts, touched });
  }

  /** WebAssembly memory. */
  get bytes(): number {
    return this.#kernel.bytes;
  }

  /** The vector, and how many tokens it was made of. */
  embedDocument({ path, symbol, text }: EmbeddingDocument): { vector: Float32Array; tokens: number } {
    const { name, scope, path: pathWeight, body } = this.#weights;
    const names = symbolFields(symbol);
    this.#add(text, body);
    this.#add(names.name, name);
    this.#add(names.scope, scope);
    this.#add(path, pathWeight);
    return this.#finish('document');
  }

  embedQuery(text: string): { vector: Float32Array; tokens: number } {
    this.#add(text, 1);
    return this.#finish('query');
  }

  #add(text: string, weight: number): void {
    if (weight > 0) this.#counter.add(text, weight);
  }

  #finish(kind: 'document' | 'query'): { vector: Float32Array; tokens: number } {
    const vector = this.#kernel.pool(this.#counter.touchedCount, kind);
    const tokens = this.#counter.begin();
    return { vector: vector ?? this.#emptyVector(kind), tokens };
  }

  /** What has no direction of its own still has to have one: the empty token's, or the first axis. */
  #emptyVector(kind: 'document' | 'query'): Float32Array {
    this.#counter.addRow(this.#counter.rowOf(''));
    const vector = this.#kernel.pool(1, kind);
    this.#counter.begin();
    if (vector !== undefined) return vector;
    const axis = new Float32Array(this.#kernel.dimensions);
    axis[0] = 1;
    return axis;
  }
}
