import type { ShardStats } from '../../protocol/vectorStats.ts';
import type { VectorKernel } from './vectorKernel.ts';

export type FilterWidth = NonNullable<ShardStats['filter']>;

/** Widths tried, narrow to wide: each about one and a half times the one before. */
const widths: readonly number[] = [150, 225, 340, 500, 750, 1100, 1700, 2500, 3700];
const samples = 48;
const hits = 10;
/** At most two or three of the sample's 480 hits are lost. */
const goal = 0.995;
/** Wider than this share of the rows, comparing all codes in a row takes no longer. */
const maxShare = 1 / 8;

/**
 * Finds the narrowest filter that loses next to nothing, for the vectors at hand: how much signs tell differs from model
 * to model. Queries are stored rows and, as questions are not like what they find, means of two stored rows.
 */
export class Calibration {
  readonly #kernel: VectorKernel;
  readonly #ids: Float64Array;
  readonly #widths: readonly number[];
  readonly #found: number[];
  #asked = 0;
  #expected = 0;

  constructor(kernel: VectorKernel) {
    this.#kernel = kernel;
    this.#ids = kernel.ids();
    this.#widths = widths.filter((wanted) => wanted <= this.#ids.length * maxShare);
    this.#found = this.#widths.map(() => 0);
  }

  /** Asks one query; the width after the last. O(rows). Undefined: more to do. */
  step(): FilterWidth | undefined {
    if (this.#asked < samples) {
      this.#ask(this.#asked++);
      return undefined;
    }
    const best = this.#found.findIndex((found) => found >= goal * this.#expected);
    if (best < 0) return { wanted: 0, recall: 1 };
    // One step wider: questions of a few words are harder than any sample of rows (measured at 100,000: .994 instead of .989).
    const width = Math.min(best + 1, this.#widths.length - 1);
    return { wanted: this.#widths[width]!, recall: this.#found[width]! / Math.max(1, this.#expected) };
  }

  #ask(sample: number): void {
    const kernel = this.#kernel;
    const query = this.#query(sample);
    if (query === undefined) return;
    kernel.ask(query);
    kernel.begin(hits);
    kernel.flat();
    const all = kernel.finish();
    const worst = all.scores.at(-1) ?? 0;
    this.#expected += all.ids.length;
    let found = 0;
    this.#widths.forEach((wanted, index) => {
      // A wider filter finds no less.
      if (found < all.ids.length) {
        kernel.begin(hits);
        kernel.scan(wanted);
        found = kernel.finish().scores.reduce((sum, score) => sum + (score >= worst ? 1 : 0), 0);
      }
      this.#found[index]! += found;
    });
  }

  #query(sample: number): Float32Array | undefined {
    const { length } = this.#ids;
    const first = this.#kernel.get(this.#ids[Math.floor((sample * length) / samples)]!);
    if (sample % 2 === 0) return first;
    // Any other row: a fixed stride through the sample's places.
    const second = this.#kernel.get(this.#ids[Math.floor((((sample * 29) % samples) * length) / samples)]!);
    const mean = first?.map((component, i) => component + (second?.[i] ?? 0));
    return mean?.some((component) => component !== 0) === true ? mean : undefined;
  }
}
