import type { Heading, HeadingFinder } from './headingOutline.ts';
import type { LineTable } from './lines.ts';

const maxTitleLength = 100;
const maxHeadingLength = 300;

function titled(text: string): string {
  const title = text
    .replace(/!\[[^\]]*\](?:\([^)]*\))?/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]*>|\{[#.][^}]*\}/g, '')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return title.length > maxTitleLength ? `${title.slice(0, maxTitleLength - 1)}…` : title;
}

/** Markdown: `# Title` and underlined titles, outside of fenced code and front matter. */
const markdownHeadings: HeadingFinder = (lines) => {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (let line = frontMatterEnd(lines); line < lines.count; line++) {
    const text = lines.lineText(line).slice(0, maxHeadingLength);
    const mark = /^\s{0,3}(```+|~~~+)/.exec(text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    const found = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(text);
    if (found !== null) {
      push(headings, line, line, found[1]?.length ?? 1, found[2] ?? '');
    } else if (/^ {0,3}(?:=+|-{2,})[ \t]*$/.test(text) && isTitleLine(lines, line - 1)) {
      push(headings, line - 1, line, text.trimStart().startsWith('=') ? 1 : 2, lines.lineText(line - 1));
    }
  }
  return headings;
};

/** Line behind `--- … ---` at the top of the file, 0 without it. */
function frontMatterEnd(lines: LineTable): number {
  if (lines.count === 0 || lines.lineText(0).trimEnd() !== '---') return 0;
  for (let line = 1; line < Math.min(lines.count, 200); line++) {
    if (/^(?:---|\.\.\.)\s*$/.test(lines.lineText(line).slice(0, 10))) return line + 1;
  }
  return 0;
}

function isTitleLine(lines: LineTable, line: number): boolean {
  if (line < 0 || lines.isBlank(line) || lines.indentOf(line) > 3) return false;
  const text = lines.lineText(line);
  if (text.length > maxHeadingLength || /^\s*(?:[-*+>|#]|\d+[.)]\s)/.test(text)) return false;
  return line === 0 || lines.isBlank(line - 1);
}

function push(headings: Heading[], line: number, lastLine: number, level: number, text: string): void {
  const title = titled(text.slice(0, maxHeadingLength));
  if (title !== '') headings.push({ line, lastLine, level, title });
}

/** reStructuredText: titles underlined with punctuation; the order in which the marks appear gives the levels. */
const restructuredTextHeadings: HeadingFinder = (lines) => {
  const headings: Heading[] = [];
  const marks: string[] = [];
  for (let line = 1; line < lines.count; line++) {
    const text = lines.lineText(line).slice(0, maxHeadingLength).trimEnd();
    const mark = /^([=\-`:.'"~^_*+#<>])\1{2,}$/.exec(text)?.[1];
    if (mark === undefined || lines.isBlank(line - 1)) continue;
    const title = lines
      .lineText(line - 1)
      .slice(0, maxHeadingLength)
      .trim();
    if (/^([^\w\s])\1+$/.test(title) || title.length > text.length + 2 || lines.indentOf(line - 1) > 1) continue;
    const overline = line > 1 && lines.lineText(line - 2).trimEnd() === text;
    const style = overline ? mark + mark : mark;
    if (!marks.includes(style)) marks.push(style);
    push(headings, overline ? line - 2 : line - 1, line, marks.indexOf(style) + 1, title);
  }
  return headings;
};

/** Languages whose headings are single lines: the level is the length of the mark, or 1. */
function lineHeadings(pattern: RegExp, levelOf: (mark: string) => number = (mark) => mark.length): HeadingFinder {
  return (lines) => {
    const headings: Heading[] = [];
    for (let line = 0; line < lines.count; line++) {
      const found = pattern.exec(lines.lineText(line).slice(0, maxHeadingLength));
      if (found !== null) push(headings, line, line, levelOf(found[1] ?? ''), found[2] ?? '');
    }
    return headings;
  };
}

const latexLevels = ['part', 'chapter', 'section', 'subsection', 'subsubsection', 'paragraph'];

/** Languages that are chunked by their headings. */
export const headingFinders: Readonly<Record<string, HeadingFinder>> = {
  asciidoc: lineHeadings(/^(={1,6})[ \t]+(\S.*)$/),
  dockerfile: lineHeadings(/^(FROM)[ \t]+(\S.*)$/i, () => 1),
  ini: lineHeadings(/^[ \t]*(\[)([^\]]+)\]/),
  latex: lineHeadings(
    /^[ \t]*\\(part|chapter|section|subsection|subsubsection|paragraph)\*?(?:\[[^\]]*\])?\{([^}]*)\}/,
    (mark) => latexLevels.indexOf(mark) + 1,
  ),
  markdown: markdownHeadings,
  org: lineHeadings(/^(\*{1,8})[ \t]+(\S.*)$/),
  restructuredtext: restructuredTextHeadings,
};
