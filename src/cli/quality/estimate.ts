import { percentile } from '../../util/percentile.ts';
import { seededRandom } from '../../util/seededRandom.ts';

/** A mean with its 95 % confidence interval; null for fewer than two values, which say nothing about their spread. */
export interface Estimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number] | null;
}

/** Enough that the ends of an interval differ by less than .001 from seed to seed at a few hundred questions. */
const resamples = 2_000;
const seed = 20_260_101;

/**
 * The mean of the values and its percentile bootstrap interval (Efron and Tibshirani 1993): the middle 95 % of the means
 * of samples drawn from the values with replacement. The same values always give the same interval.
 */
export function estimate(values: readonly number[]): Estimate {
  const mean = average(values);
  if (values.length < 2) return { mean, interval: null };
  const random = seededRandom(seed);
  const means = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  });
  return { mean, interval: [percentile(means, 2.5), percentile(means, 97.5)] };
}

/** NaN for no values. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
