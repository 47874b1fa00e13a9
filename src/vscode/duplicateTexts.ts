import * as vscode from 'vscode';
import { fileName } from '../util/fileName.ts';
import { formatCount } from './formatCount.ts';
import type { DuplicateGroup, DuplicateMember, DuplicatesReport } from '../protocol/duplicates.ts';

const { l10n } = vscode;

/** 0.956 -> `95 %`, in the user's language. Rounded down: only what is the same is 100 %. */
export function percentText(share: number): string {
  return new Intl.NumberFormat(vscode.env.language, { style: 'percent' }).format(Math.floor(share * 100) / 100);
}

/** What a group is of: the symbol of its first, else the file's name. */
export function groupName({ members: [first] }: DuplicateGroup): string {
  if (first === undefined) return '';
  return first.symbol === '' ? fileName(first.path) : first.symbol;
}

/** `3 copies, 42 lines, 96 %`: the lines of the longest, so that the view shows how much one has to read. */
export function groupFacts({ members, likeness }: DuplicateGroup): string {
  const lines = Math.max(...members.map(({ startLine, endLine }) => endLine - startLine + 1));
  return l10n.t('{0} copies, {1} lines, {2}', formatCount(members.length), formatCount(lines), percentText(likeness));
}

export function directory(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `retry.ts:10-24`. */
export function rangeText({ path, startLine, endLine }: DuplicateMember): string {
  return `${fileName(path)}:${startLine}-${endLine}`;
}

/** The report as Markdown, for an issue or a review: a list of places under each group. `folderName`: where there are several. */
export function duplicatesMarkdown(
  { groups, threshold, minLines }: DuplicatesReport,
  folderName: (folderId: string) => string | undefined,
): string {
  const rules = l10n.t('{0} or more lines, at least {1} alike', minLines, percentText(threshold));
  const parts = groups.map((group) => {
    const places = group.members.map(({ folderId, path, startLine, endLine, likeness }) => {
      const folder = folderName(folderId);
      return `- \`${folder === undefined ? '' : `${folder}/`}${path}:${startLine}-${endLine}\` (${percentText(likeness)})`;
    });
    return [
      `## ${groupName(group).replaceAll(/[\\`*_[\]<>#]/gu, '\\$&')}`,
      '',
      groupFacts(group),
      '',
      ...places,
      '',
    ].join('\n');
  });
  return [`# ${l10n.t('Near-Duplicates')}`, '', rules, '', ...parts].join('\n');
}
