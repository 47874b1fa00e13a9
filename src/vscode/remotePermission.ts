import * as vscode from 'vscode';
import type { EmbeddingConfig, RerankConfig } from '../protocol/config.ts';

const storageKey = 'codeweaver.allowedProvider';
const rerankerKey = 'codeweaver.allowedReranker';

const { l10n } = vscode;

/** Whether code of this workspace may be sent to the configured provider or reranker: trusted, and the user said so here. */
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
    const allow = l10n.t('Send and index');
    const local = l10n.t('Index by words only');
    const choice = await vscode.window.showInformationMessage(
      l10n.t('Index this workspace with {0}?', config.model),
      {
        modal: true,
        detail: l10n.t(
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

  isRerankingGranted(config: RerankConfig): boolean {
    return vscode.workspace.isTrusted && this.#state.get(rerankerKey) === rerankerOf(config);
  }

  /** Asks the user whether results may be sent to the reranker. */
  async requestReranking(config: RerankConfig): Promise<void> {
    const allow = l10n.t('Send and rerank');
    const host = URL.parse(config.baseUrl)?.host ?? config.baseUrl;
    const choice = await vscode.window.showInformationMessage(
      l10n.t('Rerank the results of this workspace with {0}?', config.model === '' ? host : config.model),
      {
        modal: true,
        detail: l10n.t(
          'With each search, the query and the code of up to {0} results are sent to {1}; the endpoint may charge for it.',
          config.candidates,
          config.baseUrl,
        ),
      },
      allow,
    );
    if (choice === allow) await this.#state.update(rerankerKey, rerankerOf(config));
  }
}

function identityOf({ provider, baseUrl, model }: EmbeddingConfig): string {
  return [provider, baseUrl, model].join(' ');
}

function rerankerOf({ baseUrl, model }: RerankConfig): string {
  return [baseUrl, model].join(' ');
}
