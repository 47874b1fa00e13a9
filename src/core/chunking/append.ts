/** Adds all items. `push(...items)` would put each of them on the stack, which holds about 100,000. */
export function append<T>(target: T[], items: readonly T[]): void {
  for (const item of items) target.push(item);
}
