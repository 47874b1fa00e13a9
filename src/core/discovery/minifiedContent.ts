import { type Phrase, phrase } from '../../protocol/phrase.ts';
/** A shorter file is harmless whatever its lines. */
const minBytes = 1_000;
/** Average length of the lines that are not blank; code written by people has 30 to 50. */
const maxAverage = 400;
/** A line that people do not write; with half the file in such lines, the file is not theirs. */
const maxLine = 10_000;
const longLine = 1_000;

/** Prose has a paragraph to a line, tables a record to a line: length says nothing there. */
const proseExtension =
  /\.(?:md|mdx|mdc|markdown|txt|text|rst|adoc|asciidoc|org|tex|textile|log|csv|tsv|psv|po|pot|srt)$/i;
/** Where lines have a normal length. Files of unknown kind are judged by their longest line alone. */
const lineExtension =
  /\.(?:[cm]?[jt]sx?|jsonc?|json5|geojson|ipynb|css|scss|sass|less|html?|xhtml|vue|svelte|astro|svg|xml|xsd|wsdl|ya?ml|toml|py|rb|php|java|kts?|scala|swift|dart|go|rs|zig|c|h|cc|cpp|cxx|hh|hpp|hxx|m|mm|cs|fs|vb|lua|pl|pm|r|jl|hs|ml|mli|ex|exs|erl|clj|cljs|elm|sql|graphql|proto|sh|bash|zsh|fish|ps1|bat|sol|tf|hcl|wat|asm|s)$/i;

/** Says what makes the content minified (or data on a few endless lines), undefined for content with normal lines. */
export function minifiedContent(path: string, bytes: Uint8Array): Phrase | undefined {
  if (bytes.length < minBytes || proseExtension.test(path)) return undefined;
  let lines = 0;
  let longest = 0;
  let inLongLines = 0;
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(10, start);
    const end = found < 0 ? bytes.length : found;
    const length = end - start;
    if (length > 1) lines++;
    if (length > longest) longest = length;
    if (length > longLine) inLongLines += length;
    start = end + 1;
  }
  const average = bytes.length / Math.max(1, lines);
  if (average > maxAverage && lineExtension.test(path)) {
    return phrase`its lines have ${Math.round(average)} bytes on average (limit ${maxAverage})`;
  }
  if (longest > maxLine && inLongLines > bytes.length / 2) {
    return phrase`its longest line has ${longest} bytes (limit ${maxLine})`;
  }
  return undefined;
}
