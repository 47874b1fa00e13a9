import { loadTokenizer, type Tokenizer, utf8Length } from './tokenizer.ts';

/** Ends a text that was cut, so that neither a person nor the model takes it for the whole. */
export const truncationMark = '\n… [truncated]';

export interface LimitedInput {
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * A text of at most `maxTokens` tokens, cut at its end with {@link truncationMark} when it was longer. The tokenizer is
 * loaded only when the text has more bytes than `maxTokens`.
 */
export async function limitInput(text: string, maxTokens: number): Promise<LimitedInput> {
  if (utf8Length(text) <= maxTokens) return { text, truncated: false };
  const tokenizer = await loadTokenizer();
  if (tokenizer.count(text) <= maxTokens) return { text, truncated: false };
  return { text: cutToFit(text, maxTokens, tokenizer), truncated: true };
}

/** About the first half of the text with the mark: for an endpoint that says "too long" and whose tokens are not ours. */
export function halveInput(text: string): string {
  const body = text.endsWith(truncationMark) ? text.slice(0, -truncationMark.length) : text;
  return cutAt(body, Math.floor(body.length / 2)) + truncationMark;
}

/** The longest marked beginning that fits, by bisection over its length; unmarked where the mark alone is too long. */
function cutToFit(text: string, maxTokens: number, tokenizer: Tokenizer, mark = truncationMark): string {
  let fits = 0;
  // No token of this vocabulary stands for more than 128 characters, so more than that cannot fit.
  let tooLong = Math.min(text.length, maxTokens * 128) + 1;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (tokenizer.count(cutAt(text, middle) + mark) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 && mark !== '' ? cutToFit(text, maxTokens, tokenizer, '') : cutAt(text, fits) + mark;
}

/** The first `length` UTF-16 units, one less where that would split a character. */
function cutAt(text: string, length: number): string {
  const end = (text.charCodeAt(length) & 0xfc00) === 0xdc00 ? length - 1 : length;
  return text.slice(0, Math.max(0, end));
}
