/** Links per node: 16 up to 384 dimensions, 32 up to 768, 48 above (the product's performance guidelines). */
export function defaultM(dimensions: number): number {
  if (dimensions <= 384) return 16;
  return dimensions <= 768 ? 32 : 48;
}

/** Candidates per insertion: 200, and 50 more per hundred dimensions, up to 800 (the product's performance guidelines). */
export function defaultEfConstruction(dimensions: number): number {
  return Math.min(200 + Math.floor(dimensions / 100) * 50, 800);
}

/** Candidates per search for k hits: four times k up to 200 (the product's performance guidelines), never below k. */
export function defaultEf(k: number): number {
  return Math.max(k, Math.min(4 * k, 200));
}
