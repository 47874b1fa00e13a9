import { english, type Phrase } from '../../protocol/phrase.ts';

/** A phrase as a text column holds it: JSON, so that it is said in the language of whoever reads it. */
export function storePhrase({ text, parts }: Phrase): string {
  return JSON.stringify({ text, parts });
}

/** What a column holds. Versions before phrases stored the English sentence by itself. */
export function readPhrase(stored: string): { readonly detail: string; readonly phrase?: Phrase } {
  if (!stored.startsWith('{"text":')) return { detail: stored };
  const phrase = JSON.parse(stored) as Phrase;
  return { detail: english(phrase), phrase };
}
