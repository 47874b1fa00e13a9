import { maxSearchSamples, type SearchSample } from '../protocol/views.ts';
import { Emitter } from '../util/emitter.ts';

/** The newest searches as the user waited for them: from the request to the final answer, channel included. */
export class LatencyLog {
  readonly #samples: SearchSample[] = [];
  readonly #added = new Emitter<SearchSample>();
  #count = 0;

  readonly onDidAdd = this.#added.event;

  add(sample: SearchSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > maxSearchSamples) this.#samples.shift();
    this.#count++;
    this.#added.fire(sample);
  }

  /** Searches so far, those no longer kept included. */
  get count(): number {
    return this.#count;
  }

  get last(): SearchSample | undefined {
    return this.#samples.at(-1);
  }

  /** Samples that came after the first `count` ones, oldest first; {@link maxSearchSamples} at most. */
  since(count: number): readonly SearchSample[] {
    const wanted = Math.min(this.#count - count, this.#samples.length);
    return wanted <= 0 ? [] : this.#samples.slice(-wanted);
  }

  /** The shortest time within which `p` percent (0 to 100) of the kept searches were answered; undefined without any. */
  percentileMs(p: number): number | undefined {
    const sorted = this.#samples.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
  }
}
