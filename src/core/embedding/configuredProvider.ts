import { defaultConfig, type EmbeddingConfig } from '../../protocol/config.ts';
import type { EndpointTest } from '../../protocol/costs.ts';
import type { Credentials, Permissions } from '../../protocol/engineApi.ts';
import { AppError, toAppError } from '../../protocol/errors.ts';
import { type Phrase, phrase } from '../../protocol/phrase.ts';
import type { EndpointProbe } from '../../protocol/probe.ts';
import type { ProviderStatus } from '../../protocol/types.ts';
import type { Metrics, Platform } from '../ports.ts';
import type { EmbeddingProvider } from '../providerPorts.ts';
import { createLocalProvider } from './local/localProvider.ts';
import { createOpenAiProvider } from './openAiProvider.ts';
import { assertProbeable, probeEndpoint } from './probe/probeEndpoint.ts';
import { testEndpoint } from './probe/testEndpoint.ts';
import { ProbeStore } from './probe/probeStore.ts';
import { mayStillBeAsked } from './succession.ts';

/** The embedding provider that the configuration names, and what becomes of those before it. */
export class ConfiguredProvider {
  readonly #platform: Platform;
  readonly #metrics: Metrics;
  readonly #probes: ProbeStore;
  #config: EmbeddingConfig = defaultConfig.embedding;
  #credentials: Credentials = {};
  #current: EmbeddingProvider | undefined;
  #withheld: AppError | undefined;
  #mayProbe = false;
  /** Why the embedded model cannot be used. */
  #modelError: AppError | undefined;
  #renewing: Promise<unknown> = Promise.resolve();
  #retired: EmbeddingProvider[] = [];

  /** `directory`: where the profiles of endpoints are. */
  constructor(platform: Platform, metrics: Metrics, directory: string) {
    this.#platform = platform;
    this.#metrics = metrics;
    this.#probes = new ProbeStore(directory, platform);
  }

  /** Undefined: there is none that may be asked ({@link unusable} says why, if one is configured). */
  get current(): EmbeddingProvider | undefined {
    return this.#current;
  }

  get modelError(): AppError | undefined {
    return this.#modelError;
  }

  /** Why the provider that is configured cannot be asked. */
  get unusable(): AppError | undefined {
    return this.#withheld ?? this.#modelError;
  }

  /** Resolves when all changes so far are made. */
  async settled(): Promise<void> {
    await this.#renewing;
  }

  async configure(config: EmbeddingConfig, credentials: Credentials, permissions: Permissions): Promise<void> {
    const { remoteProvider, probe = false } = permissions;
    this.#config = config;
    this.#mayProbe = probe;
    this.#credentials = credentials;
    this.#withheld =
      config.provider === 'embedded' || remoteProvider
        ? undefined
        : new AppError(
            'WorkspaceUntrusted',
            phrase`this workspace is not trusted, so nothing is sent to the embedding provider.`,
          );
    await this.#renew();
  }

  /** Learns what the endpoint can do, stores it, and makes a provider that knows it the current one, where it may be one. */
  async probe(signal: AbortSignal, onStep: (step: Phrase) => void): Promise<EndpointProbe> {
    assertProbeable(this.#config);
    if (this.#withheld !== undefined && !this.#mayProbe) throw this.#withheld;
    const config = this.#config;
    const dependencies = { ...this.#platform, metrics: this.#metrics };
    const probe = await probeEndpoint(config, this.#credentials, dependencies, { signal, onStep });
    await this.#probes.save(config, probe);
    await this.#renew();
    return probe;
  }

  /** A provider for a plan, of these settings or its own, whether or not it may be asked. It is to be disposed of unless it is {@link current}. */
  async forPlan(config: EmbeddingConfig = this.#config): Promise<EmbeddingProvider> {
    if (config.provider === 'openai') return this.#createRemote(config, {});
    if (this.#current?.space.provider === 'embedded') return this.#current;
    const { clock, hasher, loadModel } = this.#platform;
    return createLocalProvider(await loadModel(), { clock, hasher, metrics: this.#metrics });
  }

  /** One request of made-up words with these settings, which need not be its own. */
  async test(config: EmbeddingConfig, credentials: Credentials, signal: AbortSignal): Promise<EndpointTest> {
    assertProbeable(config);
    if (this.#withheld !== undefined && !this.#mayProbe) throw this.#withheld;
    return testEndpoint(config, credentials, { ...this.#platform, metrics: this.#metrics }, signal);
  }

  status(): ProviderStatus {
    return (
      this.#current?.status() ?? {
        id: this.#config.provider,
        state: this.#modelError === undefined ? 'none' : 'error',
        ...(this.unusable === undefined ? {} : { message: this.unusable.message, phrase: this.unusable.phrase }),
        requests: 0,
        tokens: 0,
        retries: 0,
      }
    );
  }

  /** A provider of the former space still embeds queries while that space's vectors answer. */
  disposeUnused(inUse: ReadonlySet<EmbeddingProvider | undefined>): void {
    this.#retired = this.#retired.filter((provider) => {
      if (inUse.has(provider)) return true;
      provider.dispose();
      return false;
    });
  }

  dispose(): void {
    this.#current?.dispose();
    for (const provider of this.#retired) provider.dispose();
  }

  async #renew(): Promise<void> {
    const [config, credentials, withheld] = [this.#config, this.#credentials, this.#withheld];
    const turn = this.#renewing.then(async () => {
      const provider = await this.#create(config, credentials, withheld);
      if (this.#current !== undefined && this.#current !== provider) this.#retired.push(this.#current);
      this.#current = provider;
      this.#retired = this.#retired.filter((former) => {
        if (mayStillBeAsked(former, provider)) return true;
        // At once, with its requests under way.
        former.dispose();
        return false;
      });
    });
    this.#renewing = turn.catch(() => undefined);
    await turn;
  }

  async #create(
    config: EmbeddingConfig,
    credentials: Credentials,
    withheld: AppError | undefined,
  ): Promise<EmbeddingProvider | undefined> {
    this.#modelError = undefined;
    switch (config.provider) {
      case 'embedded':
        return this.#current?.space.provider === 'embedded' ? this.#current : this.#openLocal();
      case 'openai':
        return withheld === undefined ? this.#createRemote(config, credentials) : undefined;
    }
  }

  async #createRemote(config: EmbeddingConfig, credentials: Credentials): Promise<EmbeddingProvider> {
    const { fetch, clock, logger, hasher } = this.#platform;
    return createOpenAiProvider(config, credentials, {
      ...{ fetch, clock, logger, hasher },
      metrics: this.#metrics,
      probe: await this.#probes.load(config),
    });
  }

  /** Without the model's files search goes on by words, and says why. */
  async #openLocal(): Promise<EmbeddingProvider | undefined> {
    const { clock, hasher, logger, loadModel } = this.#platform;
    try {
      return createLocalProvider(await loadModel(), { clock, hasher, metrics: this.#metrics });
    } catch (error) {
      this.#modelError = toAppError(error);
      const { code, message } = this.#modelError;
      logger.log({ level: 'error', message: 'The embedded model cannot be used', fields: { code, error: message } });
      return undefined;
    }
  }
}
