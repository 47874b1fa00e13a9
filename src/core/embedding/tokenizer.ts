/** Exact token counts of the cl100k vocabulary (OpenAI's embedding models; near enough for the others). */
export interface Tokenizer {
  count(text: string): number;
}

/**
 * The pair-merging of a tokenizer is quadratic in one unbroken word (measured: 4 s for 100 kB of one letter), so words
 * are cut at this length, and pieces at white space where there is some.
 */
const maxPieceLength = 2_000;

let loading: Promise<Tokenizer> | undefined;

/**
 * Loads the vocabulary (1 MB of script, measured: 90 ms, 9 MB of heap, 38 MB resident) on first use. Ask {@link utf8Length} first:
 * text never has more tokens than bytes, so a text whose bytes fit needs no tokenizer.
 */
export async function loadTokenizer(): Promise<Tokenizer> {
  loading ??= import('gpt-tokenizer/encoding/cl100k_base').then(({ countTokens }) => ({
    count(text) {
      let tokens = 0;
      // Text such as `<|endoftext|>` in a source file is text, not a control token.
      for (const piece of pieces(text)) tokens += countTokens(piece, { disallowedSpecial: new Set() });
      return tokens;
    },
  }));
  return await loading;
}

function* pieces(text: string): Iterable<string> {
  let start = 0;
  while (text.length - start > maxPieceLength) {
    const window = text.slice(start, start + maxPieceLength);
    const border = Math.max(window.lastIndexOf('\n'), window.lastIndexOf(' '));
    const end = start + (border > 0 ? border : maxPieceLength);
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield text.slice(start);
}

/** Bytes of the text in UTF-8; a lone surrogate counts as the replacement character it is sent as. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
      continue;
    }
    bytes += 2;
    const isPair =
      unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00 && index + 1 < text.length;
    // A pair is 4 bytes for its 2 units; both units are counted here.
    if (isPair) index++;
  }
  return bytes;
}
