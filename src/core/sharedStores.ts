import type { EngineConfig } from '../protocol/config.ts';
import { toAppError } from '../protocol/errors.ts';
import { EmbeddingCache } from './embedding/embeddingCache.ts';
import { Spending } from './embedding/spending.ts';
import type { Platform } from './ports.ts';

export interface SharedStoresOptions {
  readonly platform: Platform;
  /** Where they are. */
  readonly directory: string;
  readonly config: () => EngineConfig;
  /** Of the open folders. */
  readonly roots: () => readonly string[];
}

/** What all folders, windows and processes of the user share on disk; each is opened when it is first needed. */
export class SharedStores {
  readonly #options: SharedStoresOptions;
  #cache: Promise<EmbeddingCache> | undefined;
  #spending: Promise<Spending> | undefined;

  constructor(options: SharedStoresOptions) {
    this.#options = options;
  }

  /** Undefined: nothing needed it yet. */
  get openedCache(): Promise<EmbeddingCache> | undefined {
    return this.#cache;
  }

  async cache(): Promise<EmbeddingCache> {
    const { directory, config, platform } = this.#options;
    const { clock, hasher, logger, storage } = platform;
    this.#cache ??= EmbeddingCache.open(storage, directory, {
      ...{ clock, hasher, logger },
      maxBytes: config().cache.maxBytes,
    });
    return await this.#cache;
  }

  async spending(): Promise<Spending> {
    const { config, directory, platform, roots } = this.#options;
    const { clock, logger, storage } = platform;
    this.#spending ??= Spending.open(storage, directory, {
      ...{ clock, logger, roots },
      budgetTokens: () => config().embedding.budgetTokens,
    });
    return await this.#spending;
  }

  /** Lets go of what the open databases hold in memory, in the background. */
  shrinkMemory(): void {
    void this.#cache
      ?.then((cache) => cache.shrinkMemory())
      .catch((error: unknown) => {
        const fields = { error: toAppError(error).message };
        this.#options.platform.logger.log({ level: 'warn', message: 'A cache could not be made smaller', fields });
      });
  }

  async close(): Promise<void> {
    (await this.#cache)?.close();
    await (await this.#spending)?.close();
  }
}
