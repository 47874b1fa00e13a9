import type { EmbeddingConfig } from '../../../protocol/config.ts';
import { toAppError } from '../../../protocol/errors.ts';
import type { EndpointProbe } from '../../../protocol/probe.ts';
import { toHex } from '../../../util/hex.ts';
import type { Hasher, Logger, Storage } from '../../ports.ts';
import { readEndpoint } from '../endpointProfile.ts';
import { readProbe } from './readProbe.ts';

export interface ProbeStoreDependencies {
  readonly storage: Storage;
  readonly hasher: Hasher;
  readonly logger: Logger;
}

/** Raised when a stored probe would be understood wrongly; older files then count as missing. */
const formatVersion = 1;
const idHexDigits = 32;
/** A stored probe has about 1 kB. */
const maxFileBytes = 65_536;

/**
 * The profiles of endpoints: the newest probe of each base URL and model, a file each beside the embedding cache, so that
 * processes do not overwrite each other's. They are a help, never a condition: what cannot be read counts as missing.
 */
export class ProbeStore {
  readonly #dependencies: ProbeStoreDependencies;
  readonly #directory: string;

  constructor(directory: string, dependencies: ProbeStoreDependencies) {
    this.#directory = directory;
    this.#dependencies = dependencies;
  }

  /** Undefined when there is none, or one that is damaged, of another version or unreadable (logged). Never rejects. */
  async load(config: EmbeddingConfig): Promise<EndpointProbe | undefined> {
    try {
      const text = await this.#read(this.#path(config));
      if (text === undefined) return undefined;
      const stored = JSON.parse(text) as { readonly version?: unknown; readonly probe?: unknown } | null;
      const probe = stored?.version === formatVersion ? readProbe(stored.probe) : undefined;
      if (probe?.endpoint === readEndpoint(config.baseUrl).endpoint && probe.model === config.model) return probe;
      this.#warn('damaged or of another version', config);
    } catch (error) {
      this.#warn(toAppError(error).message, config);
    }
    return undefined;
  }

  /** Replaces the profile of the configured endpoint and model. Rejects with `DiskFull` or `StorageFailed`. */
  async save(config: EmbeddingConfig, probe: EndpointProbe): Promise<void> {
    const { storage } = this.#dependencies;
    const text = `${JSON.stringify({ version: formatVersion, probe }, null, 2)}\n`;
    await storage.ensureDirectory(this.#directory);
    await storage.replace(this.#path(config), async (file) => file.write(new TextEncoder().encode(text), 0));
  }

  #path({ baseUrl, model }: EmbeddingConfig): string {
    const { hasher, storage } = this.#dependencies;
    // With the query: it can name the version of an API, and so another endpoint.
    const id = toHex(hasher.sha256(JSON.stringify([readEndpoint(baseUrl).baseUrl, model]))).slice(0, idHexDigits);
    return storage.join(this.#directory, `endpoint-${id}.json`);
  }

  async #read(path: string): Promise<string | undefined> {
    const file = await this.#dependencies.storage.open(path);
    if (file === undefined) return undefined;
    try {
      const bytes = new Uint8Array(Math.min(file.bytes, maxFileBytes));
      return new TextDecoder().decode(bytes.subarray(0, await file.read(bytes, 0)));
    } finally {
      await file.close();
    }
  }

  #warn(reason: string, { model }: EmbeddingConfig): void {
    this.#dependencies.logger.log({
      level: 'warn',
      message: 'The stored profile of the embedding endpoint is not used; a new probe replaces it',
      fields: { model, reason },
    });
  }
}
