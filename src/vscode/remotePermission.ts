import * as vscode from 'vscode';
import type { EmbeddingConfig } from '../protocol/config.ts';

const storageKey = 'codeweaver.allowedProvider';

/** Whether code of this workspace may be sent to the configured provider: trusted, and the user said so here. */
export class RemotePermission {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** What is embedded on this computer needs no permission. */
  isNeeded({ provider }: EmbeddingConfig): boolean {
    return provider !== 'embedded';
  }

  isGranted(config: EmbeddingConfig): boolean {
    return vscode.workspace.isTrusted && this.#state.get(storageKey) === identityOf(config);
  }

  /** Asks the user. Resolves with whether the provider may be used now. */
  async request(config: EmbeddingConfig): Promise<boolean> {
    if (!this.isNeeded(config) || this.isGranted(config)) return true;
    if (!vscode.workspace.isTrusted) return false;
    const allow = vscode.l10n.t('Send and index');
    const local = vscode.l10n.t('Index by words only');
    const choice = await vscode.window.showInformationMessage(
      vscode.l10n.t('Index this workspace with {0}?', config.model),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The code of this workspace is sent to {0} to be turned into vectors; the endpoint may charge for it. Indexing by words only sends nothing.',
          config.baseUrl,
        ),
      },
      allow,
      local,
    );
    if (choice === undefined) return false;
    if (choice === allow) await this.#state.update(storageKey, identityOf(config));
    return true;
  }
}

function identityOf({ provider, baseUrl, model }: EmbeddingConfig): string {
  return [provider, baseUrl, model].join(' ');
}
