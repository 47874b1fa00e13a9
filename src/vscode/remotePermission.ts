import * as vscode from 'vscode';
import type { EmbeddingConfig, RerankConfig } from '../protocol/config.ts';
import type { Ask } from './ask.ts';

const storageKey = 'codeweaver.allowedProvider';
const rerankerKey = 'codeweaver.allowedReranker';

const { l10n } = vscode;

export interface RemotePermissionOptions {
  /** Of the workspace. */
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  /** False: Restricted Mode. */
  readonly isTrusted: () => boolean;
  readonly ask: Ask;
}

/** Whether code of this workspace may be sent to the configured provider or reranker: trusted, and the user said so here. */
export class RemotePermission {
  readonly #options: RemotePermissionOptions;

  constructor(options: RemotePermissionOptions) {
    this.#options = options;
  }

  get isTrusted(): boolean {
    return this.#options.isTrusted();
  }

  /** What is embedded on this computer needs no permission. */
  isNeeded({ provider }: EmbeddingConfig): boolean {
    return provider !== 'embedded';
  }

  isGranted(config: EmbeddingConfig): boolean {
    return this.isTrusted && this.#options.state.get(storageKey) === identityOf(config);
  }

  /** The user has seen what would be sent and allows it. Says nothing in Restricted Mode, where nothing is allowed. */
  async grant(config: EmbeddingConfig): Promise<void> {
    if (this.isTrusted) await this.#options.state.update(storageKey, identityOf(config));
  }

  /** Code may not be sent any more until the user has seen again what that would be. */
  async revoke(): Promise<void> {
    await this.#options.state.update(storageKey, undefined);
  }

  isRerankingGranted(config: RerankConfig): boolean {
    return this.isTrusted && this.#options.state.get(rerankerKey) === rerankerOf(config);
  }

  /** Asks the user whether results may be sent to the reranker, or whether that shall end where it is allowed. */
  async requestReranking(config: RerankConfig): Promise<void> {
    const { ask, state } = this.#options;
    const { baseUrl, candidates, model } = config;
    const reranker = model === '' ? (URL.parse(baseUrl)?.host ?? baseUrl) : model;
    const detail = l10n.t(
      'With each search, the query and the code of up to {0} results are sent to {1}; the endpoint may charge for it.',
      candidates,
      baseUrl,
    );
    if (this.isRerankingGranted(config)) {
      const end = l10n.t('Do Not Send Any More');
      const choice = await ask(l10n.t('Results of this workspace are reranked with {0}.', reranker), detail, end);
      if (choice === end) await state.update(rerankerKey, undefined);
      return;
    }
    const allow = l10n.t('Send and rerank');
    const choice = await ask(l10n.t('Rerank the results of this workspace with {0}?', reranker), detail, allow);
    if (choice === allow) await state.update(rerankerKey, rerankerOf(config));
  }
}

function identityOf({ provider, baseUrl, model }: EmbeddingConfig): string {
  return [provider, baseUrl, model].join(' ');
}

function rerankerOf({ baseUrl, model }: RerankConfig): string {
  return [baseUrl, model].join(' ');
}
