/** Something that ends when it is disposed of; VS Code's own Disposable among others. */
export interface Disposable {
  dispose(): void;
}

/** Tells any number of listeners, in the order in which they came. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Adds a listener until the returned object is disposed of. */
  readonly event = (listener: (value: T) => void): Disposable => {
    this.#listeners.add(listener);
    return { dispose: () => void this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
