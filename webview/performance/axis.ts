/**
 * Round values from 0 to at least `max` in about `count` equal steps of 1, 2 or 5 times a power of ten.
 * An axis without data goes to 1.
 */
export function axisTicks(max: number, count: number): readonly number[] {
  const top = max > 0 ? max : 1;
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  const step = factor * power;
  const steps = Math.ceil(top / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
