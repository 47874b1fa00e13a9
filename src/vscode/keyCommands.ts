import * as vscode from 'vscode';
import type { ApiKeys } from './apiKeys.ts';
import type { Configuration } from './configuration.ts';

const { l10n } = vscode;

/** Asks for the key of the configured endpoint and stores it; for the embedded provider, leads to the settings first. */
export async function setApiKey(keys: ApiKeys, configuration: Configuration): Promise<void> {
  const { provider, baseUrl } = configuration.settings.engine.embedding;
  if (provider === 'embedded') {
    const settings = l10n.t('Open Settings');
    const choice = await vscode.window.showInformationMessage(
      l10n.t('The embedded provider needs no key. Choose another provider first.'),
      settings,
    );
    if (choice === settings) await openSettings('codeweaver.embedding');
    return;
  }
  const key = await vscode.window.showInputBox({
    title: l10n.t('API key for {0}', baseUrl),
    prompt: l10n.t('It is kept in the secret storage of the editor and sent to this endpoint only.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/^\s*$|\s\S+\s/u.test(value) ? l10n.t('Enter one key without spaces.') : undefined),
  });
  if (key === undefined) return;
  await keys.set(baseUrl, key.trim());
  void vscode.window.showInformationMessage(l10n.t('The API key for {0} is set.', baseUrl));
}

export async function clearApiKey(keys: ApiKeys, configuration: Configuration): Promise<void> {
  const { baseUrl } = configuration.settings.engine.embedding;
  await keys.clear(baseUrl);
  void vscode.window.showInformationMessage(l10n.t('The API key for {0} is removed.', baseUrl));
}

export async function openSettings(query = '@ext:codeweaver.codeweaver-search'): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
