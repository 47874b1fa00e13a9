/** Words before which a macro in capitals changes nothing about the structure of the code. */
const structuralWord =
  'template|class|struct|union|enum|namespace|inline|static|constexpr|virtual|explicit|friend|typedef|using|extern|auto|void|int|bool|char|unsigned|long|double|float|size_t|std::';
const macroName = '[A-Z][A-Z0-9_]{3,}';

/** `LIB_EXPORT template …`, `LIB_INLINE auto …`: the macro. */
const leadingMacro = new RegExp(
  `(?<![\\w:.(<,])${macroName}(?:\\([^()\\n]{0,60}\\))?(?=[ \\t]+(?:${structuralWord}))`,
  'g',
);
/** `class LIB_API Name`: the macro between. */
const innerMacro = new RegExp(
  `(?<=\\b(?:class|struct|union|namespace)[ \\t]+)${macroName}(?:\\([^()\\n]{0,60}\\))?(?=[ \\t]+[A-Za-z_])`,
  'g',
);
/** `LIB_BEGIN_NAMESPACE` alone on its line. */
const lonelyMacro = new RegExp(`^[ \\t]*${macroName}[ \\t]*$`);

const macroLanguages = new Set(['c', 'cpp', 'cuda-cpp']);

/**
 * The text as a grammar reads it best. Every character keeps its index.
 *
 * A lone `\r` becomes `\n`: it ends a line in an editor, and a line comment with it. In C and C++, macros that only
 * decorate (export marks, namespace brackets) become blanks, because the grammar does not expand them and would take
 * what they stand before for something else.
 */
export function parsableText(text: string, language: string): string {
  const withLines = text.includes('\r') ? text.replace(/\r(?!\n)/g, '\n') : text;
  if (!macroLanguages.has(language) || !/[A-Z][A-Z0-9_]{3}/.test(withLines)) return withLines;
  const lines = withLines.split('\n');
  let isDirective = false;
  for (const [index, line] of lines.entries()) {
    // A directive defines the macros; it may go on for several lines.
    isDirective = isDirective || /^[ \t]*#/.test(line);
    if (!isDirective && line.length < 1_000) lines[index] = withoutMacros(line);
    isDirective = isDirective && /\\\r?$/.test(line);
  }
  return lines.join('\n');
}

function withoutMacros(line: string): string {
  if (lonelyMacro.test(line)) return ' '.repeat(line.length);
  return line.replace(leadingMacro, blanks).replace(innerMacro, blanks);
}

function blanks(macro: string): string {
  return ' '.repeat(macro.length);
}
