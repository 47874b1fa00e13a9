import * as vscode from 'vscode';
import type { ApiKeys } from './apiKeys.ts';
import type { Configuration } from './configuration.ts';

const { l10n } = vscode;

/** Asks for the key of a configured endpoint and stores it; where none takes one, leads to the settings first. */
export async function setApiKey(keys: ApiKeys, configuration: Configuration): Promise<void> {
  const endpoints = remoteEndpoints(configuration);
  if (endpoints.length === 0) {
    const settings = l10n.t('Open Settings');
    const choice = await vscode.window.showInformationMessage(
      l10n.t('The embedded provider needs no key. Choose another provider first.'),
      settings,
    );
    if (choice === settings) await openSettings('codeweaver.embedding');
    return;
  }
  const baseUrl = await chooseEndpoint(endpoints);
  if (baseUrl === undefined) return;
  const key = await vscode.window.showInputBox({
    title: l10n.t('API key for {0}', baseUrl),
    prompt: l10n.t('It is kept in the secret storage of the editor and sent to this endpoint only.'),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/^\s*$|\S\s+\S/u.test(value) ? l10n.t('Enter one key without spaces.') : undefined),
  });
  if (key === undefined) return;
  await keys.set(baseUrl, key.trim());
  void vscode.window.showInformationMessage(l10n.t('The API key for {0} is set.', baseUrl));
}

export async function clearApiKey(keys: ApiKeys, configuration: Configuration): Promise<void> {
  const { embedding } = configuration.settings.engine;
  const endpoints = remoteEndpoints(configuration);
  const baseUrl = endpoints.length === 0 ? embedding.baseUrl : await chooseEndpoint(endpoints);
  if (baseUrl === undefined) return;
  await keys.clear(baseUrl);
  void vscode.window.showInformationMessage(l10n.t('The API key for {0} is removed.', baseUrl));
}

/** An endpoint that may want a key: what it is for, and its base URL. */
type Endpoint = vscode.QuickPickItem & { readonly description: string };

function remoteEndpoints({ settings }: Configuration): Endpoint[] {
  const { embedding, rerank } = settings.engine;
  return [
    ...(embedding.provider === 'embedded' ? [] : [{ label: l10n.t('Embedding'), description: embedding.baseUrl }]),
    ...(rerank.enabled ? [{ label: l10n.t('Reranking'), description: rerank.baseUrl }] : []),
  ];
}

/** The base URL of the only endpoint, or of the one that the user chooses; undefined when they choose none. */
async function chooseEndpoint(endpoints: readonly Endpoint[]): Promise<string | undefined> {
  const [only, ...others] = endpoints;
  if (others.length === 0) return only?.description;
  const chosen = await vscode.window.showQuickPick(endpoints, { title: l10n.t('Whose API key?') });
  return chosen?.description;
}

export async function openSettings(query = '@ext:codeweaver.codeweaver-search'): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}
