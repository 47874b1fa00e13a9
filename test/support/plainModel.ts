import { symbolFields } from '../../src/core/embedding/local/symbolFields.ts';
import { readModelFile, type ModelFile } from '../../src/core/embedding/local/modelFile.ts';
import { forEachPart } from '../../src/core/chunking/terms.ts';
import type { EmbeddingDocument } from '../../src/core/providerPorts.ts';

/** The embedded model as plain as it can be written: what the product's faster one must equal bit by bit. */
export class PlainModel {
  readonly #file: ModelFile;
  readonly #rowOf: ReadonlyMap<string, number>;
  readonly #components: Int8Array;

  constructor(model: Uint8Array) {
    this.#file = readModelFile(model);
    const { tokens, vocabulary, rows, bits } = this.#file;
    const words = new TextDecoder().decode(vocabulary).split('\n').slice(0, tokens);
    this.#rowOf = new Map(words.map((token, row) => [token, row]));
    this.#components =
      bits === 8
        ? new Int8Array(rows)
        : Int8Array.from({ length: rows.length * 2 }, (_, at) => (rows[at >> 1]! << (at % 2 === 0 ? 28 : 24)) >> 28);
  }

  embedDocument({ path, symbol, text }: EmbeddingDocument): Float32Array | undefined {
    const { weights } = this.#file;
    const { name, scope } = symbolFields(symbol);
    const counts = new Map<number, number>();
    this.#count(counts, text, weights.body);
    this.#count(counts, name, weights.name);
    this.#count(counts, scope, weights.scope);
    this.#count(counts, path, weights.path);
    return this.#pool(counts, this.#file.documentScale);
  }

  embedQuery(text: string): Float32Array | undefined {
    const counts = new Map<number, number>();
    this.#count(counts, text, 1);
    return this.#pool(counts, this.#file.queryScale);
  }

  #count(counts: Map<number, number>, text: string, weight: number): void {
    if (weight === 0) return;
    forEachPart(text, (token) => {
      const row = this.#rowOf.get(token) ?? this.#file.tokens + (fnv1a(token) % this.#file.buckets);
      counts.set(row, (counts.get(row) ?? 0) + weight);
    });
  }

  /** Undefined where the sum has no direction. */
  #pool(counts: ReadonlyMap<number, number>, scaleBytes: Uint8Array): Float32Array | undefined {
    const { dimensions } = this.#file;
    const scales = new DataView(scaleBytes.buffer, scaleBytes.byteOffset);
    const exact = Array.from(counts, ([row, count]) => ({
      row,
      weight: Math.fround(Math.sqrt(count) * scales.getFloat32(4 * row, true)),
    }));
    const largest = exact.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0);
    const total = exact.reduce((sum, { weight }) => Math.fround(sum + Math.abs(weight)), 0);
    let unit = largest > 0 ? Math.fround(32_767 / largest) : 0;
    if (Math.fround(unit * total) > 16_700_000) unit = Math.fround(16_700_000 / total);
    const sums = new Float64Array(dimensions);
    for (const { row, weight } of exact) {
      const scaled = Math.trunc(Math.fround(Math.fround(weight * unit) + (weight < 0 ? -0.5 : 0.5)));
      for (let at = 0; at < dimensions; at++) sums[at]! += scaled * this.#components[row * dimensions + at]!;
    }
    const vector = Float32Array.from(sums);
    const squares = [0, 0, 0, 0];
    vector.forEach((value, at) => (squares[at % 4]! += value * value));
    const [a, b, c, d] = squares as [number, number, number, number];
    const length = Math.sqrt(a + b + (c + d));
    return length > 0 ? vector.map((value) => value * Math.fround(1 / length)) : undefined;
  }
}

function fnv1a(token: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < token.length; at++) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
