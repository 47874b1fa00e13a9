/** The names of a chunk's symbol and what encloses them. */
export interface SymbolFields {
  /** Names the chunk defines, separated by spaces; '' without any. */
  readonly name: string;
  /** What they are defined in, outermost first, with its separators; '' at the top. */
  readonly scope: string;
}

/** Between headings, selectors and elements; their names may hold dots. */
const headingSeparator = ' > ';
const nameSeparators = ['.', '::'];

/**
 * Takes a symbol apart as the chunker puts it together: `Scope.Inner.name`, `Scope.first, second` for several small
 * definitions (all of them names), `Chapter > Section` for documents. A name in the C++ manner (`Scope::name`) too.
 */
export function symbolFields(symbol: string): SymbolFields {
  const heading = symbol.lastIndexOf(headingSeparator);
  if (heading >= 0) return { name: symbol.slice(heading + headingSeparator.length), scope: symbol.slice(0, heading) };
  const [first = '', ...others] = symbol.split(', ');
  // The title of a document's only chapter.
  if (first.includes(' ')) return { name: symbol, scope: '' };
  const [end, start] = lastSeparator(first);
  return { name: [first.slice(start), ...others].join(' '), scope: first.slice(0, end) };
}

/** Where the last separator begins and ends; 0 and 0 without one. One at the end separates nothing. */
function lastSeparator(path: string): readonly [begin: number, end: number] {
  let last: readonly [number, number] = [0, 0];
  for (const separator of nameSeparators) {
    const begin = path.slice(0, -separator.length).lastIndexOf(separator);
    if (begin > last[0]) last = [begin, begin + separator.length];
  }
  return last;
}
