import type { RowAction } from './rowActions.ts';
import type { ResultRow, Row } from './rows.ts';

/** What a key does in the tree. */
export type TreeStep =
  | { readonly type: 'move'; readonly index: number }
  | { readonly type: 'toggle'; readonly key: string }
  | { readonly type: 'open'; readonly row: ResultRow; readonly beside: boolean }
  | { readonly type: 'action'; readonly action: RowAction; readonly row: ResultRow }
  | { readonly type: 'leave'; readonly to: 'query' | 'after' | 'out' };

export type TreeKey = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/**
 * The keys of the ARIA tree pattern and of VS Code's lists. Undefined: not a key of the tree.
 * `pageSize` is asked for only when needed, as it measures.
 */
export function treeStep(
  event: TreeKey,
  rows: readonly Row[],
  index: number,
  pageSize: () => number,
): TreeStep | undefined {
  const row = rows[index];
  const action = row?.type === 'result' ? actionOf(event) : undefined;
  if (row?.type === 'result' && action !== undefined) return { type: 'action', action, row };
  const command = event.ctrlKey || event.metaKey;
  if (row === undefined || event.altKey || event.shiftKey || (command && event.key !== 'Enter')) return undefined;
  const last = rows.length - 1;
  switch (event.key) {
    case 'ArrowDown':
      return index === last ? { type: 'leave', to: 'after' } : { type: 'move', index: index + 1 };
    case 'ArrowUp':
      return index === 0 ? { type: 'leave', to: 'query' } : { type: 'move', index: index - 1 };
    case 'Home':
      return { type: 'move', index: 0 };
    case 'End':
      return { type: 'move', index: last };
    case 'PageDown':
      return { type: 'move', index: Math.min(last, index + pageSize()) };
    case 'PageUp':
      return { type: 'move', index: Math.max(0, index - pageSize()) };
    case 'ArrowRight':
      if (!row.expanded) return { type: 'toggle', key: row.key };
      return row.type === 'file' ? { type: 'move', index: index + 1 } : undefined;
    case 'ArrowLeft':
      if (row.expanded) return { type: 'toggle', key: row.key };
      return row.position.level === 2 ? { type: 'move', index: parentOf(rows, index) } : undefined;
    case 'Enter':
      return row.type === 'file' ? { type: 'toggle', key: row.key } : { type: 'open', row, beside: command };
    case ' ':
      return { type: 'toggle', key: row.key };
    case 'Escape':
      return { type: 'leave', to: 'out' };
    default:
      return undefined;
  }
}

/** The keys VS Code has for the same: copy, copy path, peek definition, references. Option changes the letter on a Mac. */
function actionOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }: TreeKey): RowAction | undefined {
  const command = ctrlKey || metaKey;
  if (code === 'KeyC' && command && !altKey && !shiftKey) return 'copyCode';
  if (code === 'KeyC' && altKey && (metaKey ? !shiftKey : shiftKey && !ctrlKey)) return 'copyPath';
  if (command || key !== 'F12') return undefined;
  if (altKey && !shiftKey) return 'peek';
  return shiftKey && !altKey ? 'findSimilar' : undefined;
}

function parentOf(rows: readonly Row[], index: number): number {
  return rows.findLastIndex((row, candidate) => candidate < index && row.type === 'file');
}
