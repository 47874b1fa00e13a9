import * as vscode from 'vscode';
import { defaultConfig, type EmbeddingConfig } from '../protocol/config.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { Configuration } from './configuration.ts';
import { openSettings } from './keyCommands.ts';

const { l10n } = vscode;

export interface ChosenProvider {
  readonly config: EmbeddingConfig;
  /** '' = the stored one stays. */
  readonly key: string;
}

/** What belongs to a provider and its model. The provider comes last: until then nothing is asked that was not before. */
const names = [
  'baseUrl',
  'model',
  'dimensions',
  'maxInputTokens',
  'queryPrefix',
  'documentPrefix',
  'provider',
] as const;

/** Writes a provider into the user's settings and its key into the secret storage; undefined = the embedded model. */
export async function saveProvider(
  chosen: ChosenProvider | undefined,
  { configuration, keys }: { readonly configuration: Configuration; readonly keys: ApiKeys },
): Promise<void> {
  const settings = vscode.workspace.getConfiguration('codeweaver.embedding');
  const { Global } = vscode.ConfigurationTarget;
  if (chosen === undefined) {
    await settings.update('provider', undefined, Global);
  } else {
    const { config, key } = chosen;
    if (key !== '') await keys.set(config.baseUrl, key);
    for (const name of names) {
      // What is as by default is not written down.
      const value = config[name] === defaultConfig.embedding[name] ? undefined : config[name];
      await settings.update(name, value, Global);
    }
  }
  await configuration.applyNow();
  const inForce = configuration.settings.engine.embedding;
  const wanted = chosen?.config ?? { ...inForce, provider: 'embedded' };
  if (names.every((name) => inForce[name] === wanted[name])) return;
  const open = l10n.t('Open Settings');
  const choice = await vscode.window.showWarningMessage(
    l10n.t('The settings of this workspace name another provider or model, which counts here.'),
    open,
  );
  if (choice === open) await openSettings('codeweaver.embedding');
}
