/** Scales a part of `values` to length 1; one of zeros stays as it is. */
export function toUnitLength(values: Float32Array, start: number, length: number): void {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += values[i]! * values[i]!;
  if (sum === 0) return;
  const factor = 1 / Math.sqrt(sum);
  for (let i = start; i < start + length; i++) values[i] = values[i]! * factor;
}
