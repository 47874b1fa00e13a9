/** A part of a text, as web-tree-sitter's `includedRanges` has it. */
export interface TextRange {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startPosition: { readonly row: number; readonly column: number };
  readonly endPosition: { readonly row: number; readonly column: number };
}

const opening = /<script\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
/** Types that are not code: JSON, templates, shaders. */
const otherContent = /\btype\s*=\s*["']?(?!text\/(?:java|type|ecma)script|application\/javascript|module)[^"'\s>]/i;

/** The insides of the `<script>` elements of a page or component that hold JavaScript or TypeScript. */
export function scriptRanges(text: string): TextRange[] {
  const ranges: TextRange[] = [];
  const lowerCase = text.toLowerCase();
  const position = positions(text);
  opening.lastIndex = 0;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const startIndex = opening.lastIndex;
    const end = lowerCase.indexOf('</script', startIndex);
    const endIndex = end < 0 ? text.length : end;
    opening.lastIndex = endIndex;
    if (endIndex > startIndex && !otherContent.test(match[1] ?? '')) {
      ranges.push({
        startIndex,
        endIndex,
        startPosition: position(startIndex),
        endPosition: position(endIndex),
      });
    }
  }
  return ranges;
}

/** Row and column of indexes asked for in ascending order. */
function positions(text: string): (index: number) => { row: number; column: number } {
  let row = 0;
  let lineStart = 0;
  return (index) => {
    for (let next = text.indexOf('\n', lineStart); next >= 0 && next < index; next = text.indexOf('\n', lineStart)) {
      row++;
      lineStart = next + 1;
    }
    return { row, column: index - lineStart };
  };
}
