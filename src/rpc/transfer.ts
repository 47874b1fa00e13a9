const buffersOf = new WeakMap<object, readonly ArrayBuffer[]>();

/**
 * Marks an argument or a result: its `buffers` move to the other side when it crosses a channel, and are empty here
 * afterwards. Only whole buffers that nobody else looks at may be named.
 */
export function transferring<T extends object>(value: T, buffers: readonly ArrayBuffer[]): T {
  buffersOf.set(value, buffers);
  return value;
}

/** The buffers that move with these values. */
export function buffersToTransfer(values: readonly unknown[]): readonly ArrayBuffer[] {
  return values.flatMap((value) => (typeof value === 'object' && value !== null ? (buffersOf.get(value) ?? []) : []));
}
