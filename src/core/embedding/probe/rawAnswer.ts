import type { EncodingFormat, EndpointProbe } from '../../../protocol/probe.ts';
import { readValues } from '../answer.ts';

/** What is looked at of an answer before it is read: how it came. Only for bodies that `readAnswer` accepts. */
interface RawItem {
  readonly index?: unknown;
  readonly embedding?: unknown;
}

/** A vector counts as of length 1 up to this: 16-bit floats are that exact. */
const lengthTolerance = 1e-3;

export function encodingOf(body: unknown): EncodingFormat {
  return itemsOf(body).some(({ embedding }) => typeof embedding === 'string') ? 'base64' : 'float';
}

/** Every vector came at length 1. */
export function isNormalized(body: unknown): boolean {
  return itemsOf(body).every(({ embedding }) => {
    const sumOfSquares = Array.from(readValues(embedding) ?? []).reduce((sum, value) => sum + value * value, 0);
    return Math.abs(Math.sqrt(sumOfSquares) - 1) <= lengthTolerance;
  });
}

/** One missing number is no lack: encoders that drop zeros leave out that of the first. */
export function orderOf(body: unknown): Exclude<EndpointProbe['order'], 'wrong'> {
  const indexes = itemsOf(body).map(({ index }) => index);
  if (indexes.filter((index) => typeof index !== 'number').length > 1) return 'withoutIndex';
  return indexes.every((index, place) => typeof index !== 'number' || index === place) ? 'inOrder' : 'byIndex';
}

function itemsOf(body: unknown): readonly RawItem[] {
  return (body as { readonly data: readonly RawItem[] }).data;
}
