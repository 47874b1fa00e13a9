import * as vscode from 'vscode';
import type { SavedSearch } from '../protocol/savedSearches.ts';
import type { SearchResult } from '../protocol/types.ts';
import type { ViewNotice } from '../protocol/views.ts';
import { searchStrings } from '../protocol/viewStrings.ts';
import { fileName } from '../util/fileName.ts';
import { complete, type QueryCompletions } from '../util/queryCompletion.ts';
import { kindIcon, plainLabel } from './kindIcons.ts';
import { localise } from './views/page.ts';

/** What happens when an item is chosen. */
export type PickAct =
  | { readonly type: 'open'; readonly result: SearchResult }
  | { readonly type: 'query'; readonly query: string }
  | { readonly type: 'saved'; readonly search: SavedSearch }
  | { readonly type: 'notice'; readonly notice: ViewNotice }
  | { readonly type: 'nothing' };

export interface PickItem extends vscode.QuickPickItem {
  readonly act: PickAct;
}

/** A line of a snippet in the list at most. */
const maxDetailChars = 200;

/** A label that leaves room for the place beside it. */
const maxLabelChars = 50;

const { l10n } = vscode;

export function resultItem(
  result: SearchResult,
  query: string,
  folderName: string | undefined,
  buttons: readonly vscode.QuickInputButton[],
): PickItem {
  const { symbol, path, startLine, kind, snippet, unsaved } = result;
  const name = fileName(path);
  const place = `${folderName === undefined ? '' : `${folderName} • `}${path}:${startLine}`;
  return {
    label: `${kindIcon(kind)} ${plainLabel(tail(symbol === '' ? name : symbol))}`,
    description: plainLabel(unsaved ? l10n.t('{0} (unsaved)', place) : place),
    detail: plainLabel(tellingLine(snippet, query)),
    alwaysShow: true,
    buttons: [...buttons],
    act: { type: 'open', result },
  };
}

export function queryItem(query: string): PickItem {
  return { label: `$(history) ${plainLabel(query)}`, alwaysShow: true, act: { type: 'query', query } };
}

/** What the last word can go on to be; choosing it completes the query. */
export function completionItems(value: string, completions: QueryCompletions): PickItem[] {
  const hints = localise(searchStrings);
  return completions.items.map((item) => ({
    label: `$(filter) ${plainLabel(item.text)}`,
    ...(item.hint && { description: hints[item.hint] }),
    alwaysShow: true,
    act: { type: 'query', query: complete(value, completions, item).query },
  }));
}

/** The query stands beside a name that says something else. */
export function savedItem(search: SavedSearch, buttons: readonly vscode.QuickInputButton[]): PickItem {
  const { name, query, pinned } = search;
  return {
    label: `$(${pinned ? 'pinned' : 'star-full'}) ${plainLabel(name)}`,
    ...(name !== query.trim() && { description: plainLabel(query) }),
    alwaysShow: true,
    buttons: [...buttons],
    act: { type: 'saved', search },
  };
}

/** A message in the list; choosing it does what its button says. */
export function noticeItem(notice: ViewNotice): PickItem {
  return {
    label: `$(${notice.severity}) ${plainLabel(notice.message)}`,
    ...(notice.action && { description: notice.action.label }),
    alwaysShow: true,
    act: notice.action === undefined ? { type: 'nothing' } : { type: 'notice', notice },
  };
}

export function separator(label: string): PickItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, act: { type: 'nothing' } };
}

/** The end of a qualified name says more than its beginning. */
function tail(name: string): string {
  return name.length > maxLabelChars ? `…${name.slice(-maxLabelChars)}` : name;
}

/** The first line with a word of the query, else the first with any word that is not a comment's frame. */
export function tellingLine(snippet: string, query: string): string {
  const words = query
    .toLowerCase()
    .split(/\W+/u)
    .filter((word) => word.length > 2);
  const lines = snippet.split('\n').map((line) => line.trim());
  const line =
    lines.find((candidate) => words.some((word) => candidate.toLowerCase().includes(word))) ??
    lines.find((candidate) => /\w/u.test(candidate)) ??
    '';
  return line.length > maxDetailChars ? `${line.slice(0, maxDetailChars)}…` : line;
}
