import * as vscode from 'vscode';
import type { Configuration } from './configuration.ts';
import { sayNotice } from './errorMessages.ts';
import { openSettings } from './keyCommands.ts';
import { rerankNoticeOf } from './notices.ts';
import type { RemotePermission } from './remotePermission.ts';

const { l10n } = vscode;

/** Asks whether results of this workspace may be reranked, and puts the answer into effect. */
export async function allowReranking(permission: RemotePermission, configuration: Configuration): Promise<void> {
  const { rerank } = configuration.settings.engine;
  if (!rerank.enabled) {
    const settings = l10n.t('Open Settings');
    const choice = await vscode.window.showInformationMessage(
      l10n.t('Reranking is off. Turn it on and set its address first.'),
      settings,
    );
    if (choice === settings) await openSettings('codeweaver.rerank');
    return;
  }
  if (!vscode.workspace.isTrusted) {
    sayNotice(rerankNoticeOf({ code: 'WorkspaceUntrusted', message: '' }));
    return;
  }
  await permission.requestReranking(rerank);
  await configuration.applyNow();
}
