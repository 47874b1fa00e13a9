/** Tells listeners of named events; `Events` maps names to payloads. */
export class EventHub<Events> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** Adds a listener; returns the function that ends it. */
  on<E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** In the order in which the listeners came. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    this.#listeners.get(event)?.forEach((listener) => (listener as (payload: Events[E]) => void)(payload));
  }

  clear(): void {
    this.#listeners.clear();
  }
}
