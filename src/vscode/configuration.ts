import * as vscode from 'vscode';
import type { EngineApi } from '../protocol/engineApi.ts';
import { Emitter } from '../util/emitter.ts';
import type { ApiKeys } from './apiKeys.ts';
import type { RemotePermission } from './remotePermission.ts';
import { onDidChangeSettings, readSettings } from './settings.ts';
import type { Settings } from './settingTable.ts';

/** A burst of changed settings (a sync, a file saved with several) configures the engine once. */
const settleMs = 200;

export interface ConfigurationOptions {
  readonly engine: Pick<EngineApi, 'configure'>;
  readonly keys: ApiKeys;
  readonly permission: RemotePermission;
  readonly onError: (error: unknown) => void;
}

/** Keeps the engine configured with settings, key and permission as they are now. */
export class Configuration {
  readonly #options: ConfigurationOptions;
  readonly #changed = new Emitter<void>();
  readonly #invalidated = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #settings: Settings | undefined;
  #applied: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What decides the content of the index, as the engine was last told; in memory only, the key is in it. */
  #indexed: string | undefined;

  /** The engine was configured anew. */
  readonly onDidChange = this.#changed.event;
  /** Something changed that decides what is in the index: it has to be brought in line. */
  readonly onDidInvalidateIndex = this.#invalidated.event;

  constructor(options: ConfigurationOptions) {
    this.#options = options;
    const applySoon = (): void => this.#applySoon();
    this.#subscriptions = [
      onDidChangeSettings(() => {
        this.#settings = undefined;
        applySoon();
      }),
      options.keys.onDidChange(applySoon),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#settings = undefined;
        applySoon();
      }),
    ];
  }

  get settings(): Settings {
    return (this.#settings ??= readSettings());
  }

  /** Resolves when the engine has been given its first configuration. */
  async ready(): Promise<void> {
    await (this.#applied ??= this.#apply());
  }

  /** Configures the engine now, if anything asked for it since. */
  async applyNow(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const before = this.#indexed;
    // One after the other: keys are read meanwhile, and what was allowed earlier must not arrive last.
    this.#applied = (this.#applied ?? Promise.resolve()).then(async () => this.#apply());
    await this.#applied;
    this.#changed.fire();
    if (before !== this.#indexed) this.#invalidated.fire();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #applySoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.applyNow(), settleMs);
  }

  async #apply(): Promise<void> {
    const { engine, keys, permission, onError } = this.#options;
    const config = this.settings.engine;
    try {
      const apiKey = config.embedding.provider === 'embedded' ? undefined : await keys.get(config.embedding.baseUrl);
      const rerankApiKey = config.rerank.enabled ? await keys.get(config.rerank.baseUrl) : undefined;
      const remoteProvider = permission.isGranted(config.embedding);
      const reranker = permission.isRerankingGranted(config.rerank);
      // Not `index`: the engine takes up how vectors are searched by being configured.
      const { files, chunking, embedding } = config;
      this.#indexed = JSON.stringify([files, chunking, embedding, remoteProvider, apiKey]);
      const credentials = {
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(rerankApiKey === undefined ? {} : { rerankApiKey }),
      };
      await engine.configure(config, credentials, { remoteProvider, reranker, probe: permission.isTrusted });
    } catch (error) {
      onError(error);
    }
  }
}
