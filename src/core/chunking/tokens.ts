/** Units of one token: weights are hundredths, so that sums over lines are exact. */
export const unitsPerToken = 100;

/** Character classes; a line starts and ends in `lineEnd`. */
const classes = [
  'lineEnd',
  'lower',
  'upper',
  'digit',
  'space',
  'tab',
  'underscore',
  'symbol',
  'latin',
  'otherAlphabet',
  'wide',
] as const;
const classCount = classes.length;

/**
 * Cost of each step from one character class (row) to the next (column), in hundredths of a token. Fitted by ridge
 * regression to what `gpt-tokenizer` counts (cl100k_base) over 7,250 excerpts of public code in 40 languages, prose in
 * ten, and numeric, hexadecimal, base64 and minified data; then raised by 3 %.
 */
// prettier-ignore
const steps = Uint16Array.from([
  0, 109, 158, 268, 110, 100, 78, 88, 136, 15, 18,
  108, 2, 28, 104, 17, 11, 42, 42, 108, 56, 105,
  89, 58, 17, 180, 27, 35, 0, 114, 173, 55, 89,
  118, 114, 268, 20, 14, 29, 0, 73, 133, 52, 103,
  62, 78, 0, 186, 2, 50, 45, 70, 80, 127, 146,
  47, 34, 146, 107, 48, 10, 63, 138, 134, 52, 108,
  0, 84, 70, 109, 48, 31, 84, 78, 134, 53, 109,
  20, 108, 73, 128, 67, 49, 92, 10, 116, 40, 135,
  38, 205, 115, 102, 0, 31, 52, 66, 100, 61, 110,
  115, 111, 103, 103, 0, 31, 53, 76, 143, 40, 155,
  60, 124, 145, 104, 0, 31, 52, 73, 121, 69, 101,
]);

const asciiClass = new Uint8Array(128).fill(classes.indexOf('symbol'));
for (let code = 97; code <= 122; code++) asciiClass[code] = classes.indexOf('lower');
for (let code = 65; code <= 90; code++) asciiClass[code] = classes.indexOf('upper');
for (let code = 48; code <= 57; code++) asciiClass[code] = classes.indexOf('digit');
asciiClass[32] = classes.indexOf('space');
asciiClass[9] = classes.indexOf('tab');
asciiClass[10] = asciiClass[13] = classes.indexOf('lineEnd');
asciiClass[95] = classes.indexOf('underscore');
/** Characters are their codes below 128; all others are one of these. */
const latin = 128;
const otherAlphabet = 129;
const wide = 130;
const lineEnd = 10;

/** Cost of each step from one character (row of 256) to the next: one look-up instead of three. */
const pairs = new Uint16Array(131 << 8);
const classOf = (character: number): number => asciiClass[character] ?? classes.indexOf('latin') + (character - latin);
for (let before = 0; before <= wide; before++) {
  for (let now = 0; now <= wide; now++) {
    pairs[(before << 8) | now] = steps[classOf(before) * classCount + classOf(now)] ?? 0;
  }
}

/**
 * Tokens of `text[start, end)` in hundredths. Additive over lines: the lines of a text, each without its line end, sum
 * up to the text.
 */
export function tokenUnits(text: string, start: number, end: number): number {
  let units = 0;
  let before = lineEnd;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    const now = code < 128 ? code : code < 0x250 ? latin : code < 0x800 ? otherAlphabet : wide;
    units += pairs[(before << 8) | now] ?? 0;
    before = now;
  }
  return units + (pairs[(before << 8) | lineEnd] ?? 0);
}

/**
 * How many tokens a text has, about: deterministic, 200 times faster than a tokenizer. Against cl100k_base over pieces
 * of 10 to 50 lines of code: mean error +2.2 % (too high), mean absolute error 4.9 %, 95th percentile 12.7 %; one piece
 * in twenty is underestimated by more than 7.4 %.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(tokenUnits(text, 0, text.length) / unitsPerToken);
}
