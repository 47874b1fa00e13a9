import { forEachPart } from '../../chunking/terms.ts';

/**
 * The tokens the embedded model reads in a text, in its order, repetitions included: the stemmed parts of identifiers and
 * words. Each word's tokens depend on that word alone, so that they can be remembered by word.
 */
export function forEachModelToken(text: string, onToken: (token: string) => void): void {
  forEachPart(text, onToken);
}
