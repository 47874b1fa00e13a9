import type { EmbeddingConfig } from '../../../protocol/config.ts';
import type { Credentials } from '../../../protocol/engineApi.ts';
import { AppError } from '../../../protocol/errors.ts';
import { type Phrase, phrase } from '../../../protocol/phrase.ts';
import type { EncodingFormat, EndpointProbe, ProbedLimit } from '../../../protocol/probe.ts';
import { percentile } from '../../../util/percentile.ts';
import { maxProbeTokens, shortTextTokens } from '../../../util/probeCost.ts';
import { cosine } from './cosine.ts';
import { findLimit } from './findLimit.ts';
import { probeInputTokens } from './probeInputTokens.ts';
import { type ProbeAnswer, type ProbeDependencies, ProbeSession, type RequestForm } from './probeSession.ts';
import { shortText } from './probeTexts.ts';
import { encodingOf, isNormalized, orderOf } from './rawAnswer.ts';

export interface ProbeOptions {
  readonly signal: AbortSignal;
  /** What is looked at next, in English. */
  readonly onStep: (step: Phrase) => void;
}

/** Requests a latency is the median of. */
const latencySamples = 3;
/** Vectors of one text, whatever form they come in, are at least this alike. */
const sameText = 0.99;
/** No model has a size below. */
const leastDimensions = 8;

/**
 * Learns what an endpoint does with one model, by 10 to 30 requests of made-up words: at most
 * {@link maxProbeTokens} tokens, nothing of the user's.
 *
 * Nothing larger than the settings allow is tried. Rejects with a Provider* AppError as soon as the endpoint cannot be
 * used at all (key, model, address), with CancelledError when the signal fires.
 */
export async function probeEndpoint(
  config: EmbeddingConfig,
  credentials: Credentials,
  dependencies: ProbeDependencies,
  { signal, onStep }: ProbeOptions,
): Promise<EndpointProbe> {
  const session = new ProbeSession(config, credentials, dependencies, signal);
  const probe = new Probe(config, session, onStep);
  const { endpoint, host } = session.profile;
  onStep(phrase`${host}, ${config.model}: at most ${maxProbeTokens(config)} tokens`);
  const facts = await probe.run();
  const { requestsPerMinute, tokensPerMinute } = session.budget.named;
  return {
    ...{ at: dependencies.clock.now(), endpoint, host, model: config.model },
    ...facts,
    ...(requestsPerMinute ? { requestsPerMinute } : {}),
    ...(tokensPerMinute ? { tokensPerMinute } : {}),
    spent: { ...session.spent },
  };
}

/** Throws AppError `InvalidArgument` when there is no endpoint that could be asked. */
export function assertProbeable({ provider }: EmbeddingConfig): void {
  if (provider !== 'embedded') return;
  throw new AppError(
    'InvalidArgument',
    phrase`There is nothing to probe: the embedded model runs on this computer. Choose another provider first (in the settings, or by --base-url and --model).`,
  );
}

type Facts = Omit<
  EndpointProbe,
  'at' | 'endpoint' | 'host' | 'model' | 'requestsPerMinute' | 'tokensPerMinute' | 'spent'
>;

/** One probe's steps and what they have in common. */
class Probe {
  readonly #config: EmbeddingConfig;
  readonly #session: ProbeSession;
  readonly #onStep: (step: Phrase) => void;
  /** The vectors of the first short texts, each from a request of its own: what a batch is compared with. */
  readonly #alone: (Float32Array | undefined)[] = [];
  readonly #singleMs: number[] = [];
  readonly #batchMs = new Map<number, number[]>();
  #order: EndpointProbe['order'] = 'inOrder';

  constructor(config: EmbeddingConfig, session: ProbeSession, onStep: (step: Phrase) => void) {
    this.#config = config;
    this.#session = session;
    this.#onStep = onStep;
  }

  async run(): Promise<Facts> {
    this.#onStep(phrase`the first answer`);
    const first = await this.#session.demand([shortText(0)], shortTextTokens);
    this.#alone[0] = first.vectors[0];
    const { dimensions } = first;
    this.#onStep(phrase`float and base64`);
    const encodingFormats = { float: await this.#probeEncoding('float'), base64: await this.#probeEncoding('base64') };
    const dimensionsAccepted = await this.#probeDimensions(dimensions);
    const maxBatchInputs = await this.#probeBatch();
    const maxInputTokens = await probeInputTokens(this.#config, this.#session, maxBatchInputs.accepted, this.#onStep);
    const latencyMs = await this.#probeLatency(maxBatchInputs.accepted);
    return {
      ...{ dimensions, dimensionsAccepted, encodingFormats, normalized: isNormalized(first.body) },
      ...{ order: this.#order, maxBatchInputs, maxInputTokens, latencyMs },
    };
  }

  async #probeEncoding(encodingFormat: EncodingFormat): Promise<EncodingFormat | 'refused'> {
    const answer = await this.#askSingle(0, { encodingFormat });
    // Servers without base64 have answered with something else under that name.
    const [vector] = answer?.vectors ?? [];
    const [plain] = this.#alone;
    if (answer === undefined || vector === undefined || plain === undefined) return 'refused';
    return cosine(vector, plain) >= sameText ? encodingOf(answer.body) : 'refused';
  }

  async #probeDimensions(own: number): Promise<EndpointProbe['dimensionsAccepted']> {
    const tried = Math.max(leastDimensions, largestPowerBelow(own));
    this.#onStep(phrase`vectors of ${tried} dimensions instead of ${own}`);
    const answer = await this.#askSingle(0, { dimensions: tried });
    if (answer === undefined) return { tried, result: 'refused' };
    return { tried, result: answer.dimensions === tried ? 'yes' : 'ignored' };
  }

  async #probeBatch(): Promise<ProbedLimit> {
    const { maxBatchInputs, maxBatchTokens } = this.#config;
    const most = Math.max(1, Math.min(maxBatchInputs, Math.floor(maxBatchTokens / shortTextTokens)));
    for (const index of [1, 2]) this.#alone[index] = (await this.#askSingle(index))?.vectors[0];
    return findLimit(1, most, 1, async (size) => {
      this.#onStep(phrase`a batch of ${size}`);
      return this.#askBatch(size);
    });
  }

  /** The last of the texts that are known alone come first, so that an answer in another order shows. */
  async #askBatch(size: number): Promise<{ accepted: boolean; named?: number | undefined }> {
    const texts = Array.from({ length: size }, (_, place) => size - 1 - place);
    const answer = await this.#session.ask(texts.map(shortText), size * shortTextTokens);
    if (!answer.ok) return { accepted: false, named: answer.limit };
    this.#batchMs.set(size, [...(this.#batchMs.get(size) ?? []), answer.ms]);
    const isMixedUp = texts.some((text, place) => !this.#isOf(text, answer.vectors[place]));
    this.#order = worst(this.#order, isMixedUp ? 'wrong' : orderOf(answer.body));
    // Larger batches than those whose vectors can be told apart are of no use.
    return { accepted: !isMixedUp };
  }

  /** Whether a vector is rather that of this text than of another one that is known alone. */
  #isOf(text: number, vector: Float32Array | undefined): boolean {
    const own = this.#alone[text];
    if (own === undefined || vector === undefined) return true;
    const similarity = cosine(own, vector);
    return this.#alone.every((other) => other === undefined || other === own || cosine(other, vector) <= similarity);
  }

  async #probeLatency(batch: number): Promise<EndpointProbe['latencyMs']> {
    this.#onStep(phrase`latency`);
    while (this.#singleMs.length < latencySamples) {
      this.#singleMs.push((await this.#session.demand([shortText(0)], shortTextTokens)).ms);
    }
    if (batch === 1) return { single: median(this.#singleMs), batch: median(this.#singleMs) };
    const samples = (): readonly number[] => this.#batchMs.get(batch) ?? [];
    while (samples().length < latencySamples) if (!(await this.#askBatch(batch)).accepted) break;
    return { single: median(this.#singleMs), batch: median(samples()) };
  }

  /** One short text; undefined when it is refused in this form. */
  async #askSingle(index: number, form: RequestForm = {}): Promise<ProbeAnswer | undefined> {
    const answer = await this.#session.ask([shortText(index)], shortTextTokens, form);
    if (!answer.ok) return undefined;
    this.#singleMs.push(answer.ms);
    return answer;
  }
}

const orders: readonly EndpointProbe['order'][] = ['inOrder', 'byIndex', 'withoutIndex', 'wrong'];

function worst(one: EndpointProbe['order'], other: EndpointProbe['order']): EndpointProbe['order'] {
  return orders.indexOf(one) > orders.indexOf(other) ? one : other;
}

/** Models that can give smaller vectors do so in these sizes. */
function largestPowerBelow(dimensions: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(2, dimensions) - 1));
}

function median(values: readonly number[]): number {
  return percentile(values, 50);
}
