import chevronRight from '@vscode/codicons/src/icons/chevron-right.svg';
import symbolFile from '@vscode/codicons/src/icons/symbol-file.svg';
import { maxSnippetLines } from '../../src/protocol/types.ts';
import type { SearchStrings } from '../../src/protocol/viewStrings.ts';
import { element, setAttributes } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import type { Format } from '../shared/format.ts';
import { icon } from '../shared/icon.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import { kindIcon } from './kindIcon.ts';
import type { FileRow, ResultRow, Row } from './rows.ts';
import { matchRanges, previewLines, snippetLines } from './snippet.ts';
import type { SnippetLine } from './snippet.ts';

/** Lines of a snippet that is not expanded. */
const previewLineCount = 2;

export interface RowContext {
  readonly strings: SearchStrings;
  readonly format: Format;
  /** Stems of the query whose results are shown. */
  terms: ReadonlySet<string>;
  /** Characters of a preview line there is room for, roughly. */
  columns: number;
}

let nextId = 0;

/** The element of a row; its content is rebuilt only when what it shows has changed. */
export function createRowView(row: Row, context: RowContext): KeyedRow<Row> {
  const view = element('div', { role: 'treeitem', class: `row ${row.type}`, tabindex: -1, 'data-key': row.key });
  const snippetId = `snippet-${nextId++}`;
  let shown = '';
  return {
    element: view,
    update(item) {
      const { level, index, size } = item.position;
      setAttributes(view, {
        'aria-level': level,
        'aria-posinset': index,
        'aria-setsize': size,
        'aria-expanded': item.expanded,
        'aria-label': labelOf(item, context),
        'aria-describedby': item.type === 'result' ? snippetId : undefined,
      });
      const content = JSON.stringify([contentOf(item), [...context.terms], context.columns]);
      if (content === shown) return;
      shown = content;
      view.replaceChildren(
        ...(item.type === 'file' ? fileParts(item, context) : resultParts(item, context, snippetId)),
      );
    },
  };
}

function labelOf(row: Row, { strings, format }: RowContext): string {
  if (row.type === 'file') {
    const { name, directory } = split(row.path, row.folder);
    return fill(strings.fileRow, name, directory, countText(row, strings, format));
  }
  const { result } = row;
  const kind = strings[`kind_${result.kind}`];
  const label = fill(
    strings.resultRow,
    nameOf(row, strings, format),
    kind,
    result.path,
    format.integer(result.startLine),
  );
  return result.unsaved ? `${label}, ${strings.unsaved}` : label;
}

/** What the parts of a row are made from. */
function contentOf(row: Row): unknown {
  if (row.type === 'file') return [row.path, row.folder, row.count];
  const { symbol, kind, path, startLine, endLine, score, sources, snippet, unsaved } = row.result;
  return [
    symbol,
    kind,
    path,
    startLine,
    endLine,
    score,
    sources,
    snippet,
    unsaved,
    row.folder,
    row.grouped,
    row.expanded,
  ];
}

function fileParts(row: FileRow, { strings, format }: RowContext): Node[] {
  const { name, directory } = split(row.path, row.folder);
  const label = element(
    'div',
    { class: 'label', title: row.path },
    twistie(),
    icon(symbolFile, 'file-icon'),
    element('span', { class: 'name' }, name),
    element('span', { class: 'description' }, directory),
    element('span', { class: 'badge', title: countText(row, strings, format) }, format.integer(row.count)),
  );
  return [label];
}

function resultParts(row: ResultRow, context: RowContext, snippetId: string): Node[] {
  const { result } = row;
  const { strings, format, terms } = context;
  const { name, directory } = split(result.path, row.folder);
  const label = element(
    'div',
    { class: 'label', title: `${result.path}:${result.startLine}` },
    twistie(),
    kindIcon(result.kind),
    element('span', { class: 'name' }, ...marked(nameOf(row, strings, format), terms)),
  );
  if (!row.grouped) label.append(element('span', { class: 'place' }, name));
  if (result.symbol !== '') label.append(element('span', { class: 'line-number' }, `:${result.startLine}`));
  if (!row.grouped) label.append(element('span', { class: 'description' }, directory));
  if (result.unsaved) label.append(element('span', { class: 'unsaved', title: strings.unsaved }, '●'));
  label.append(scoreBar(row, context));

  const lines = snippetLines(result.snippet, result.startLine);
  const visible = row.expanded ? lines : previewLines(lines, terms, previewLineCount, context.columns);
  const snippet = element(
    'div',
    { class: 'snippet', id: snippetId },
    ...visible.map((line) => codeLine(line, row, terms)),
  );
  return row.expanded ? [label, snippet, ...details(row, context)] : [label, snippet];
}

function codeLine({ line, text }: SnippetLine, row: ResultRow, terms: ReadonlySet<string>): Element {
  const code = element('span', { class: 'code' }, ...marked(text, terms));
  const gutter = element('span', { class: 'gutter', 'aria-hidden': true }, String(line));
  return row.expanded ? element('div', { class: 'line' }, gutter, code) : element('div', { class: 'line' }, code);
}

/** Text nodes and marks; source text is never parsed as markup. */
function marked(text: string, terms: ReadonlySet<string>): Node[] {
  const parts: Node[] = [];
  let end = 0;
  for (const range of matchRanges(text, terms)) {
    parts.push(new Text(text.slice(end, range.start)), element('mark', {}, text.slice(range.start, range.end)));
    end = range.end;
  }
  parts.push(new Text(text.slice(end)));
  return parts;
}

function scoreBar(row: ResultRow, context: RowContext): Element {
  const filled = element('span', { class: 'score-fill' });
  filled.style.width = `${Math.round(row.result.score * 100)}%`;
  const title = [fill(context.strings.whyFused, context.format.decimal(row.result.score)), ...why(row, context)];
  return element('span', { class: 'score', title: title.join('\n') }, filled);
}

/** Below an expanded snippet: how the result got its place, and how much of the chunk is not shown. */
function details(row: ResultRow, context: RowContext): Element[] {
  const { startLine, endLine, score } = row.result;
  const { strings, format } = context;
  const hidden = endLine - startLine + 1 - maxSnippetLines;
  const ranks = [fill(strings.whyFused, format.decimal(score)), ...why(row, context)];
  const parts = [element('div', { class: 'why' }, ...ranks.map((text) => element('div', {}, text)))];
  if (hidden > 0) {
    const more = strings[`moreLines${format.plural(hidden)}`];
    parts.unshift(element('div', { class: 'why' }, fill(more, format.integer(hidden))));
  }
  return parts;
}

function why({ result: { sources } }: ResultRow, { strings, format }: RowContext): string[] {
  const rankOf = (name: string, source: { rank: number; score: number } | undefined): string =>
    source === undefined
      ? fill(strings.whyNotFound, name)
      : fill(strings.whyRank, name, format.integer(source.rank), format.decimal(source.score));
  return [rankOf(strings.modeLexical, sources.lexical), rankOf(strings.modeSemantic, sources.semantic)];
}

function nameOf({ result }: ResultRow, strings: SearchStrings, format: Format): string {
  if (result.symbol !== '') return result.symbol;
  return fill(strings.lineRange, format.integer(result.startLine), format.integer(result.endLine));
}

function countText({ count }: FileRow, strings: SearchStrings, format: Format): string {
  return fill(strings[`fileCount${format.plural(count)}`], format.integer(count));
}

function split(path: string, folder: string | undefined): { name: string; directory: string } {
  const slash = path.lastIndexOf('/');
  const directory = path.slice(0, Math.max(0, slash));
  return { name: path.slice(slash + 1), directory: [folder, directory].filter(Boolean).join(' • ') };
}

function twistie(): Element {
  const part = element('span', { class: 'twistie', 'aria-hidden': true });
  part.append(icon(chevronRight));
  return part;
}
