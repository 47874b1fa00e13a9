import { AppError, throwIfAborted } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import { countForBatch } from './batching.ts';
import type { EmbedOutcome } from './embeddingClient.ts';
import { halveInput, limitInput } from './limitInput.ts';
import type { RequestLimits } from './requestLimits.ts';

/** One text to embed, for all the places of the call that ask for it. */
export interface DocumentInput {
  readonly indexes: readonly number[];
  text: string;
  /** Tokens, or an upper bound of them. */
  weight: number;
  /** How often it was halved because the endpoint found it too long. */
  halvings: number;
}

export interface RunOptions {
  readonly inputs: readonly DocumentInput[];
  readonly limits: RequestLimits;
  /** Weighs a text again after it was cut. */
  readonly weigh: (text: string) => number;
  readonly send: (inputs: readonly DocumentInput[], waitSignal: AbortSignal) => Promise<EmbedOutcome>;
  /** Vectors of one answer, by index of the call's texts; equal texts share one array. */
  readonly onAnswer: (indexes: readonly number[], vectors: readonly Float32Array[]) => void;
  /** Error for an input whose vector has no direction. */
  readonly withoutDirection: () => AppError;
}

/** After this many halvings the text is a sixteenth of what it was: the endpoint means something else. */
const maxHalvings = 4;

/**
 * Embeds the texts of one call. Batches are cut from the queue only when they are sent, so that a limit learnt from one
 * answer holds for all that follow. An input that fails by itself does not hold up the others; any other failure stops
 * the run: what waits is dropped, what is in flight is paid for and so is delivered before the run fails.
 */
export class DocumentRun {
  readonly #options: RunOptions;
  readonly #queue: DocumentInput[];
  #next = 0;
  /** Batches cut smaller because one of their inputs is too long; they go first. */
  readonly #split: DocumentInput[][] = [];
  readonly #stop = new AbortController();
  #failure: unknown;
  readonly #failedAlone: { readonly indexes: readonly number[]; readonly error: AppError }[] = [];

  constructor(options: RunOptions) {
    this.#options = options;
    this.#queue = [...options.inputs];
  }

  /** Sends one batch. False when there is nothing left to send. Never rejects. */
  async step(): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    const batch = this.#take();
    if (batch.length === 0) return false;
    try {
      await this.#embed(batch);
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** Stops the run; the first reason is kept. */
  fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#failure = error;
    this.#stop.abort();
  }

  /** Leaves one input out; the run goes on and reports it at its end. */
  failAlone({ indexes }: Pick<DocumentInput, 'indexes'>, error: AppError): void {
    this.#failedAlone.push({ indexes, error });
  }

  /** Throws what the run failed with, if it did. */
  throwIfFailed(): void {
    if (this.#stop.signal.aborted) throw this.#failure;
    const [first] = this.#failedAlone;
    if (first === undefined) return;
    const inputIndexes = this.#failedAlone.flatMap(({ indexes }) => indexes).sort((a, b) => a - b);
    throw new AppError(first.error.code, first.error.phrase, { data: { ...first.error.data, inputIndexes } });
  }

  #take(): DocumentInput[] {
    const split = this.#split.pop();
    if (split !== undefined) return split;
    const { maxBatchInputs } = this.#options.limits;
    const candidates = this.#queue.slice(this.#next, this.#next + maxBatchInputs);
    const count = countForBatch(
      candidates.map(({ weight }) => weight),
      this.#options.limits,
    );
    this.#next += count;
    return candidates.slice(0, count);
  }

  async #embed(batch: readonly DocumentInput[]): Promise<void> {
    const { limits, send } = this.#options;
    if (limits.hasLearntInputLimit) await this.#shorten(batch);
    const outcome = await send(batch, this.#stop.signal);
    if ('answer' in outcome) {
      this.#deliver(batch, outcome.answer.vectors);
      return;
    }
    throwIfAborted(this.#stop.signal);
    const { refusal, error } = outcome;
    switch (refusal.kind) {
      case 'tooManyInputs':
      case 'tooLarge':
        if (batch.length === 1) return this.#halve(batch, error);
        limits.lowerBatchInputs(refusal.limit ?? Math.floor(batch.length / 2));
        return this.#putBack(batch);
      case 'tooManyTokens':
        if (batch.length === 1) return this.#halve(batch, error);
        limits.lowerBatchTokens(Math.floor(batch.reduce((sum, { weight }) => sum + weight, 0) / 2));
        return this.#putBack(batch);
      case 'inputTooLong':
        if (refusal.limit !== undefined && limits.lowerInputTokens(refusal.limit) && (await this.#shorten(batch))) {
          this.#split.push([...batch]);
          return;
        }
        if (batch.length === 1) return this.#halve(batch, error);
        this.#split.push(batch.slice(batch.length / 2), batch.slice(0, batch.length / 2));
        return;
    }
  }

  #deliver(batch: readonly DocumentInput[], vectors: readonly (Float32Array | undefined)[]): void {
    const indexes: number[] = [];
    const delivered: Float32Array[] = [];
    for (const [position, input] of batch.entries()) {
      const vector = vectors[position];
      if (vector === undefined) {
        this.failAlone(input, this.#options.withoutDirection());
        continue;
      }
      for (const index of input.indexes) {
        indexes.push(index);
        delivered.push(vector);
      }
    }
    this.#options.onAnswer(indexes, delivered);
  }

  /** Back to the front of the queue, to be cut into batches under the lowered limits. */
  #putBack(batch: readonly DocumentInput[]): void {
    this.#queue.splice(this.#next, 0, ...batch);
  }

  #halve(batch: readonly DocumentInput[], error: AppError): void {
    for (const input of batch) {
      if (input.halvings >= maxHalvings) {
        const message = phrase`A text is too long for the model even when cut to a sixteenth. Lower the chunk size or the tokens per input in the settings. ${error.phrase}`;
        this.failAlone(input, new AppError('ProviderInputTooLong', message, { data: error.data }));
        continue;
      }
      input.halvings++;
      input.text = halveInput(input.text);
      input.weight = this.#options.weigh(input.text);
      this.#split.push([input]);
    }
  }

  /** Cuts the inputs that are longer than the learnt limit. False when none was. */
  async #shorten(batch: readonly DocumentInput[]): Promise<boolean> {
    let shortened = false;
    for (const input of batch) {
      const { text, truncated } = await limitInput(input.text, this.#options.limits.maxInputTokens);
      if (!truncated) continue;
      input.text = text;
      input.weight = this.#options.weigh(text);
      shortened = true;
    }
    return shortened;
  }
}
