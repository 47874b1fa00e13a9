import * as vscode from 'vscode';
import type { DuplicateGroup, DuplicateMember, DuplicatesReport } from '../../protocol/duplicates.ts';
import { commandIds } from '../commandIds.ts';
import { setContext } from '../contextKeys.ts';
import { fileName } from '../../util/fileName.ts';
import { directory, groupFacts, groupName, percentText } from '../duplicateTexts.ts';
import { formatCount } from '../formatCount.ts';
import type { Folders } from '../folders.ts';
import { kindIconId } from '../kindIcons.ts';

const { l10n } = vscode;
const duplicatesViewId = 'codeweaver.duplicates';

/** One line of the view: a group, or one of its members. */
export type DuplicateNode =
  | { readonly type: 'group'; readonly group: DuplicateGroup }
  | { readonly type: 'member'; readonly group: DuplicateGroup; readonly member: DuplicateMember };

/** Argument of a command that came from a line of the view; other extensions may send anything. */
export function isDuplicateNode(value: unknown): value is DuplicateNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'group' in value;
}

/** The near-duplicates that were found last, as a tree: groups, the places of each below it. Hidden until there is a report. */
export class DuplicatesView implements vscode.TreeDataProvider<DuplicateNode> {
  readonly #folders: Pick<Folders, 'shownNames' | 'uriOf'>;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<DuplicateNode>;
  #report: DuplicatesReport | undefined;
  #nodes: readonly DuplicateNode[] = [];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(folders: Pick<Folders, 'shownNames' | 'uriOf'>) {
    this.#folders = folders;
    this.#view = vscode.window.createTreeView(duplicatesViewId, { treeDataProvider: this, showCollapseAll: true });
  }

  get report(): DuplicatesReport | undefined {
    return this.#report;
  }

  /**
   * Shows a report and the view with it; undefined empties and hides it. `isWhole`: the whole workspace was indexed by then;
   * `within`: the part of it that was looked through.
   */
  show(
    report: DuplicatesReport | undefined,
    { isWhole = true, within }: { readonly isWhole?: boolean; readonly within?: string } = {},
  ): void {
    this.#report = report;
    this.#nodes = (report?.groups ?? []).map((group) => ({ type: 'group', group }));
    this.#view.description = report === undefined ? '' : [within, rulesText(report)].filter(Boolean).join(' • ');
    this.#view.message = report === undefined ? '' : messageOf(report, isWhole);
    this.#changed.fire();
    setContext('codeweaver.hasDuplicates', report !== undefined);
    if (report !== undefined) void vscode.commands.executeCommand(`${duplicatesViewId}.focus`);
  }

  getChildren(node?: DuplicateNode): DuplicateNode[] {
    if (node === undefined) return [...this.#nodes];
    if (node.type === 'member') return [];
    return node.group.members.map((member) => ({ type: 'member', group: node.group, member }));
  }

  getTreeItem(node: DuplicateNode): vscode.TreeItem {
    return node.type === 'group' ? groupItem(node.group) : this.#memberItem(node);
  }

  dispose(): void {
    this.#view.dispose();
    this.#changed.dispose();
  }

  #memberItem(node: DuplicateNode & { type: 'member' }): vscode.TreeItem {
    const { group, member } = node;
    const { folderId, path, startLine, endLine, likeness } = member;
    const isFirst = group.members[0] === member;
    const folder = this.#folders.shownNames.get(folderId);
    const place = [folder, directory(path)].filter(Boolean).join(' • ');
    const item = new vscode.TreeItem(`${fileName(path)}:${startLine}`);
    const uri = this.#folders.uriOf(folderId, path);
    if (uri !== undefined) item.resourceUri = uri;
    item.iconPath = vscode.ThemeIcon.File;
    item.description = isFirst ? place : `${percentText(likeness)}  ${place}`;
    item.contextValue = isFirst ? 'firstDuplicate' : 'duplicate';
    // What a narrow view cuts off.
    item.tooltip = [`${path}:${startLine}-${endLine}`, ...(isFirst ? [] : [percentText(likeness)])].join('\n');
    item.command = { command: commandIds.duplicatesOpen, title: l10n.t('Open'), arguments: [node] };
    const spoken = [path, l10n.t('lines {0} to {1}', startLine, endLine)];
    const comparison = isFirst ? l10n.t('the first') : l10n.t('{0} like the first', percentText(likeness));
    item.accessibilityInformation = { label: [...spoken, comparison].join(', ') };
    return item;
  }
}

function groupItem(group: DuplicateGroup): vscode.TreeItem {
  const item = new vscode.TreeItem(groupName(group), vscode.TreeItemCollapsibleState.Collapsed);
  item.description = groupFacts(group);
  item.contextValue = 'duplicates';
  item.iconPath = new vscode.ThemeIcon(kindIconId(group.members[0]?.kind ?? 'block'));
  const saved = l10n.t('{0} lines would go if one of them were left.', formatCount(group.savedLines));
  item.tooltip = [groupName(group), groupFacts(group), saved].join('\n');
  item.accessibilityInformation = { label: `${groupName(group)}, ${groupFacts(group)}` };
  return item;
}

function rulesText({ threshold, minLines }: DuplicatesReport): string {
  return l10n.t('≥ {0}, ≥ {1} lines', percentText(threshold), minLines);
}

/** What the groups alone do not say; empty when there is nothing. */
function messageOf({ groups, found, byVectors }: DuplicatesReport, isWhole: boolean): string {
  return [
    ...(isWhole ? [] : [l10n.t('The workspace was not wholly indexed yet: look again when it is.')]),
    ...(groups.length < found ? [l10n.t('The first {0} of {1} groups.', groups.length, found)] : []),
    ...(byVectors ? [] : [l10n.t('Not every chunk has a vector yet: compared by text alone where one is missing.')]),
  ].join(' ');
}
