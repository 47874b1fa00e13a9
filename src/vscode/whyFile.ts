import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { WhyReport } from '../protocol/types.ts';
import type { Folders } from './folders.ts';
import { sayDetail } from './say.ts';

const { l10n } = vscode;

/** Tells whether a file is indexed and which rule decided; leads to the line of that rule. */
export async function whyFile(argument: unknown, engine: Pick<EngineApi, 'why'>, folders: Folders): Promise<void> {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  const located = uri && folders.locate(uri);
  if (located === undefined) {
    void vscode.window.showInformationMessage(l10n.t('Choose a file of the workspace, or open one.'));
    return;
  }
  await folders.open();
  const report = await engine.why(located.folder.id, located.path);
  const openRule = l10n.t('Open Rule');
  const message = whyText(report);
  const ruleFile = report.rule && ruleUri(located.folder.uri, report.rule.source);
  const choice = await vscode.window.showInformationMessage(message, ...(ruleFile === undefined ? [] : [openRule]));
  if (choice !== openRule || ruleFile === undefined) return;
  const line = Math.max(0, (report.rule?.line ?? 1) - 1);
  await vscode.window.showTextDocument(ruleFile, { selection: new vscode.Range(line, 0, line, 0) });
}

/** One message: path, state, and what decided. */
export function whyText(report: WhyReport): string {
  return `${report.path}: ${stateText(report)} ${ruleText(report)}`.trim();
}

function stateText(report: WhyReport): string {
  const { state, reason, chunks, rule } = report;
  const detail = sayDetail(report);
  switch (state) {
    case 'indexed':
      return chunks === 1 ? l10n.t('indexed, 1 chunk.') : l10n.t('indexed, {0} chunks.', chunks ?? 0);
    case 'pending':
      return l10n.t('waits to be indexed.');
    case 'failed':
      return l10n.t('could not be indexed. {0}', detail);
    case 'ignored':
      // A rule is named behind it.
      return l10n.t('not indexed: ignored.') + (rule === undefined ? ` ${detail}` : '');
    case 'missing':
      return l10n.t('there is no such file.');
    case 'skipped':
      return l10n.t('not indexed: {0}.', skipText(reason)) + (detail === '' ? '' : ` (${detail})`);
  }
}

function skipText(reason: WhyReport['reason']): string {
  switch (reason) {
    case 'excluded':
      return l10n.t('excluded by a setting');
    case 'notIncluded':
      return l10n.t('not matched by the setting codeweaver.files.include');
    case 'tooLarge':
      return l10n.t('too large');
    case 'binary':
      return l10n.t('not a text file');
    case 'minified':
      return l10n.t('minified');
    case 'generated':
      return l10n.t('generated');
    case 'lockFile':
      return l10n.t('a lock file');
    case 'secret':
      return l10n.t('may hold secrets');
    case 'unreadable':
      return l10n.t('unreadable');
    case 'symlink':
      return l10n.t('a link; what it leads to is indexed where it is');
    case 'symlinkOutside':
      return l10n.t('a link out of the folder');
    case 'empty':
      return l10n.t('empty');
    case undefined:
      return l10n.t('skipped');
  }
}

function ruleText({ rule }: WhyReport): string {
  return rule === undefined ? '' : l10n.t('Rule "{0}" ({1}, line {2}).', rule.pattern, rule.source, rule.line);
}

/** The file of a rule; undefined when the rule stands in a setting. */
function ruleUri(folder: vscode.Uri, source: string): vscode.Uri | undefined {
  if (!source.includes('ignore') && !source.endsWith('exclude')) return undefined;
  if (/^(codeweaver\.)?(files|search)\.exclude$/u.test(source)) return undefined;
  return /^([/\\]|[a-z]:)/iu.test(source) ? vscode.Uri.file(source) : vscode.Uri.joinPath(folder, source);
}
