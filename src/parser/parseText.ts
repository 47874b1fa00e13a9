import { Edit, type Parser, type Point, type Range, type Tree } from 'web-tree-sitter';

/** How much of the text the parser gets at once; it copies no more than this. Characters. */
const sliceLength = 4_096;

export interface ParseTextOptions {
  /** `performance.now()` at which to give up. */
  readonly deadline: number;
  /** The tree of an earlier text, already edited to fit this one. */
  readonly old?: Tree;
  readonly includedRanges?: Range[];
}

/** The tree of a text; undefined when the deadline came first. Throws when the grammar fails. */
export function parseText(
  parser: Parser,
  text: string,
  { deadline, old, includedRanges }: ParseTextOptions,
): Tree | undefined {
  const tree = parser.parse((index) => text.slice(index, index + sliceLength), old, {
    progressCallback: () => performance.now() > deadline,
    ...(includedRanges === undefined ? {} : { includedRanges }),
  });
  if (tree !== null) return tree;
  // A stopped parse would go on where it was with the next text.
  parser.reset();
  return undefined;
}

/** The one edit between two texts: what lies between their common start and their common end. */
export function editBetween(before: string, after: string): Edit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start--;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end++;
  }
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end--;
  const oldEndIndex = before.length - end;
  const newEndIndex = after.length - end;
  return new Edit({
    startIndex: start,
    oldEndIndex,
    newEndIndex,
    startPosition: pointAt(before, start),
    oldEndPosition: pointAt(before, oldEndIndex),
    newEndPosition: pointAt(after, newEndIndex),
  });
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function pointAt(text: string, index: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: index - lineStart };
}
