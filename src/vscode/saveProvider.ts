import * as vscode from 'vscode';
import { defaultConfig, type EmbeddingConfig } from '../protocol/config.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { Configuration } from './configuration.ts';
import { openSettings } from './keyCommands.ts';
import type { RemotePermission } from './remotePermission.ts';

const { l10n } = vscode;

export interface ChosenProvider {
  readonly config: EmbeddingConfig;
  /** '' = the stored one stays. */
  readonly key: string;
}

/** What belongs to a provider and its model. The provider comes last: until then nothing is asked that was not before. */
const names = [
  'headers',
  'organization',
  'baseUrl',
  'model',
  'dimensions',
  'maxInputTokens',
  'queryPrefix',
  'documentPrefix',
  'provider',
] as const;

export interface SaveProviderOptions {
  readonly configuration: Configuration;
  readonly keys: ApiKeys;
  readonly permission: Pick<RemotePermission, 'revoke'>;
}

/**
 * Writes a provider into the user's settings and its key into the secret storage; undefined = the embedded model. Whatever was
 * allowed in this workspace before, also for the same provider, has to be allowed again before code is sent.
 */
export async function saveProvider(
  chosen: ChosenProvider | undefined,
  { configuration, keys, permission }: SaveProviderOptions,
): Promise<void> {
  await permission.revoke();
  const settings = vscode.workspace.getConfiguration('codeweaver.embedding');
  const { Global } = vscode.ConfigurationTarget;
  if (chosen === undefined) {
    await settings.update('provider', undefined, Global);
  } else {
    const { config, key } = chosen;
    if (key !== '') await keys.set(config.baseUrl, key);
    for (const name of names) {
      // What is as by default is not written down.
      const value = isEqual(config[name], defaultConfig.embedding[name]) ? undefined : config[name];
      await settings.update(name, value, Global);
    }
  }
  await configuration.applyNow();
  const inForce = configuration.settings.engine.embedding;
  const wanted = chosen?.config ?? { ...inForce, provider: 'embedded' };
  if (names.every((name) => isEqual(inForce[name], wanted[name]))) return;
  const open = l10n.t('Open Settings');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('The settings of this workspace name another provider or model, which counts here.'),
    open,
  );
  if (choice === open) await openSettings('codeweaver.embedding');
}

/** Headers are an object. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
