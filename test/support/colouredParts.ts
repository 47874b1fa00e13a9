import { type ColouredTexts, fontStyles, linesOf, styleRadix } from '../../src/protocol/syntax.ts';

/** What of a text has a style of its own: `let #FFAA00 bold`. */
export function colouredParts({ palette, texts }: ColouredTexts, text: string): string[] {
  const lines = linesOf(text);
  return (texts[0] ?? []).flatMap((runs, line) => {
    let start = 0;
    return Array.from({ length: runs.length / 2 }, (_, index) => {
      const [length, style] = [runs[2 * index] as number, runs[2 * index + 1] as number];
      const part = (lines[line] as string).slice(start, start + length);
      start += length;
      const fonts = Object.entries(fontStyles).flatMap(([name, bit]) => ((style & bit) === 0 ? [] : [name]));
      return style === 0 ? '' : [part, palette[Math.floor(style / styleRadix)], ...fonts].join(' ');
    }).filter((part) => part !== '');
  });
}
