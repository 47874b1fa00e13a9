import { type Phrase, phrase } from '../../protocol/phrase.ts';
import { base64ToFloats, toUnitLength } from './float32.ts';

/** A whole answer, checked. */
export interface Answer {
  /** By input; undefined where the endpoint's vector has no direction (not finite, or zero). */
  readonly vectors: readonly (Float32Array | undefined)[];
  readonly dimensions: number;
  /** As counted by the endpoint; 0 = it does not say. */
  readonly tokens: number;
}

/** Why an answer cannot be used, in words that follow "The answer of HOST ". */
export interface UnusableAnswer {
  readonly reason: Phrase;
}

/**
 * Checks an embeddings answer and puts its vectors in the order of the inputs. Understands base64 and arrays alike:
 * servers answer with either, whatever was asked for.
 */
export function readAnswer(body: unknown, inputs: number, expectedDimensions: number): Answer | UnusableAnswer {
  const { data, usage } = (typeof body === 'object' && body !== null ? body : {}) as {
    data?: unknown;
    usage?: unknown;
  };
  if (!Array.isArray(data)) return { reason: phrase`has no list of embeddings` };
  if (data.length !== inputs) return { reason: phrase`has ${data.length} embeddings for ${inputs} inputs` };
  const items = data.map((item: unknown) => (typeof item === 'object' && item !== null ? item : {}) as Item);
  const places = readPlaces(items);
  if (places === undefined) return { reason: phrase`numbers its embeddings wrongly (repeated or impossible index)` };

  const vectors = new Array<Float32Array | undefined>(inputs);
  let dimensions = expectedDimensions;
  for (const [position, item] of items.entries()) {
    const values = readValues(item.embedding);
    if (values === undefined || values.length === 0)
      return { reason: phrase`has an embedding that is neither numbers nor base64` };
    if (dimensions === 0) dimensions = values.length;
    if (values.length !== dimensions) {
      return { reason: phrase`has vectors of ${values.length} dimensions where ${dimensions} were expected` };
    }
    vectors[places[position] ?? position] = toUnitLength(values);
  }
  if (inputs > 1 && vectors.every((vector) => vector === undefined))
    return { reason: phrase`has only zero or non-finite vectors` };
  return { vectors, dimensions, tokens: readTokens(usage) };
}

interface Item {
  readonly index?: unknown;
  readonly embedding?: unknown;
}

/**
 * The input of each item. An item without index takes its own position; a single one takes the place that is left, since
 * encoders that drop zero values leave out index 0 wherever it stands.
 */
function readPlaces(items: readonly Item[]): number[] | undefined {
  const places = items.map(({ index }, position) => (index === undefined || index === null ? position : index));
  const missing = items.flatMap(({ index }, position) => (index === undefined || index === null ? [position] : []));
  const [onlyMissing] = missing;
  if (onlyMissing !== undefined && missing.length === 1) {
    const taken = new Set(items.map(({ index }) => index));
    const left = places.findIndex((_, place) => !taken.has(place));
    places[onlyMissing] = left;
  }
  const isPlace = (place: unknown): place is number =>
    typeof place === 'number' && Number.isInteger(place) && place >= 0 && place < items.length;
  if (!places.every(isPlace) || new Set(places).size !== items.length) return undefined;
  return places;
}

/** The numbers of one embedding as they came; undefined = it is neither numbers nor base64. */
export function readValues(embedding: unknown): ArrayLike<number> | undefined {
  if (typeof embedding === 'string') return base64ToFloats(embedding);
  return Array.isArray(embedding) ? (embedding as number[]) : undefined;
}

function readTokens(usage: unknown): number {
  if (typeof usage !== 'object' || usage === null) return 0;
  const { total_tokens: total, prompt_tokens: prompt } = usage as Record<string, unknown>;
  const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;
  return isCount(total) ? total : isCount(prompt) ? prompt : 0;
}
