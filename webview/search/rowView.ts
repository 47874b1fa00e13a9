import chevronRight from '@vscode/codicons/src/icons/chevron-right.svg';
import symbolFile from '@vscode/codicons/src/icons/symbol-file.svg';
import { element, setAttributes } from '../shared/element.ts';
import { fill } from '../shared/format.ts';
import { icon } from '../shared/icon.ts';
import type { KeyedRow } from '../shared/keyedList.ts';
import { kindIcon } from './kindIcon.ts';
import { detailsOf, lineRangeOf, marked, snippetOf, titleOf, whyOf } from './resultParts.ts';
import type { RowContext } from './resultParts.ts';
import { placeOf } from './rows.ts';
import type { FileRow, ResultRow, Row } from './rows.ts';

let nextId = 0;

/**
 * The elements of a row: the tree item, which is its label, and below it the snippet as the item's description.
 * Speech control needs what is visible in a tree item to be its name, so the snippet cannot be inside.
 * Content is rebuilt only when what it shows has changed.
 */
export function createRowView(row: Row, context: RowContext): KeyedRow<Row> {
  const label = element('div', { role: 'treeitem', class: 'label', tabindex: -1 });
  const body = element('div', { class: 'body' });
  const id = nextId++;
  const [snippetId, whyId] = [`snippet-${id}`, `why-${id}`];
  const view = element('div', { class: `row ${row.type}`, 'data-key': row.key }, label, body);
  let shown = '';
  let shownColours: unknown;
  return {
    element: view,
    update(item) {
      const { level, index, size } = item.position;
      setAttributes(label, {
        'aria-level': level,
        'aria-posinset': index,
        'aria-setsize': size,
        'aria-expanded': item.expanded,
        'aria-describedby': item.type === 'file' ? undefined : item.expanded ? `${whyId} ${snippetId}` : snippetId,
        title: item.type === 'file' ? item.path : `${item.result.path}:${item.result.startLine}`,
      });
      const content = JSON.stringify([
        { ...item, position: 0 },
        [...context.terms],
        context.columns,
        context.bestScore,
      ]);
      const colours = item.type === 'result' ? context.colours.of(item.result) : undefined;
      const recoloured = colours !== shownColours;
      shownColours = colours;
      if (content === shown) {
        // The text stays where it is.
        if (recoloured && item.type === 'result')
          body.firstElementChild?.replaceWith(snippetOf(item, snippetId, context));
        return;
      }
      shown = content;
      setAttributes(view, { 'data-vscode-context': menuContext(item, context) });
      if (item.type === 'file') {
        label.replaceChildren(...fileLabel(item, context));
      } else {
        label.replaceChildren(...resultLabel(item, context));
        body.replaceChildren(
          snippetOf(item, snippetId, context),
          ...(item.expanded ? detailsOf(item, whyId, context) : []),
        );
      }
    },
  };
}

/** What VS Code hands to the commands of its context menu. */
function menuContext(row: Row, context: RowContext): string {
  const place =
    row.type === 'file'
      ? { webviewSection: 'file', folderId: row.folderId, path: row.path, startLine: 1, endLine: 1 }
      : { webviewSection: 'hit', ...placeOf(row), title: titleOf(row.result, context) };
  return JSON.stringify({ ...place, preventDefaultContextMenuItems: true });
}

/** The tree item of a row made by {@link createRowView}. */
export function treeItemOf(view: Element): HTMLElement {
  return view.firstElementChild as HTMLElement;
}

function fileLabel(row: FileRow, { strings, format }: RowContext): Node[] {
  const { name, directory } = split(row.path, row.folder);
  const count = fill(strings[`fileCount${format.plural(row.count)}`], format.integer(row.count));
  return [
    twistie(),
    icon(symbolFile, 'file-icon'),
    element('span', { class: 'name' }, name),
    element('span', { class: 'description' }, directory),
    element('span', { class: 'badge', 'aria-hidden': true }, format.integer(row.count)),
    element('span', { class: 'visually-hidden' }, count),
  ];
}

/** What only eyes can see, the icon of the kind among it, is said by a hidden text at the end. */
function resultLabel(row: ResultRow, context: RowContext): Node[] {
  const { result } = row;
  const { strings, format, terms } = context;
  const { name, directory } = split(result.path, row.folder);
  const parts = [twistie(), kindIcon(result.kind)];
  parts.push(element('span', { class: 'name' }, ...marked(result.symbol || lineRangeOf(result, context), terms)));
  if (!row.grouped) parts.push(element('span', { class: 'place' }, name));
  if (result.symbol !== '') parts.push(element('span', { class: 'line-number' }, `:${result.startLine}`));
  if (!row.grouped) parts.push(element('span', { class: 'description' }, directory));
  if (result.unsaved) {
    parts.push(element('span', { class: 'unsaved', title: strings.unsaved, 'aria-hidden': true }, '●'));
  }
  const filled = element('span', { class: 'score-fill' });
  filled.style.width = `${Math.round((result.score / context.bestScore) * 100)}%`;
  parts.push(
    element('span', { class: 'score', title: whyOf(result, context).join('\n'), 'aria-hidden': true }, filled),
  );
  const spoken = [
    strings[`kind_${result.kind}`],
    row.grouped ? result.path : '',
    fill(strings.spokenScore, format.decimal(result.score)),
    result.unsaved ? strings.unsaved : '',
  ];
  const text = format.list(spoken.filter((part) => part !== ''));
  parts.push(element('span', { class: 'visually-hidden' }, text));
  return parts;
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
