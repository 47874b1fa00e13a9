import type { ByteString } from './byteString.ts';

/**
 * The paths of a git index: sorted, in one byte array, without an object per path (an index of 400,000 entries is held
 * in about 30 MB). Paths are byte strings relative to the repository's top.
 */
export class TrackedFiles {
  static readonly none = new TrackedFiles(new Uint8Array(), new Uint32Array(1), new Set());

  readonly #names: Uint8Array;
  readonly #starts: Uint32Array;
  readonly #submodules: ReadonlySet<ByteString>;

  /**
   * @param names The paths one after another, in byte order.
   * @param starts Where each path begins; one entry more than there are paths, the last being the end.
   * @param submodules Paths of gitlink entries; they are not among `names`.
   */
  constructor(names: Uint8Array, starts: Uint32Array, submodules: ReadonlySet<ByteString>) {
    this.#names = names;
    this.#starts = starts;
    this.#submodules = submodules;
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  has(path: ByteString): boolean {
    const index = this.#lowerBound(path);
    return this.#length(index) === path.length && this.#startsWith(index, path);
  }

  /** Is any file below this directory (without trailing slash) tracked? */
  hasBelow(directory: ByteString): boolean {
    const prefix = `${directory}/`;
    return this.#startsWith(this.#lowerBound(prefix), prefix);
  }

  isSubmodule(path: ByteString): boolean {
    return this.#submodules.has(path);
  }

  #length(index: number): number {
    return (this.#starts[index + 1] ?? NaN) - (this.#starts[index] ?? NaN);
  }

  #startsWith(index: number, prefix: ByteString): boolean {
    if (!(this.#length(index) >= prefix.length)) return false;
    const start = this.#starts[index] ?? 0;
    for (let at = 0; at < prefix.length; at++) {
      if (this.#names[start + at] !== prefix.charCodeAt(at)) return false;
    }
    return true;
  }

  /** The first path that is not before `path`. */
  #lowerBound(path: ByteString): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(middle, path)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isBefore(index: number, path: ByteString): boolean {
    const start = this.#starts[index] ?? 0;
    const length = this.#length(index);
    for (let at = 0; at < length && at < path.length; at++) {
      const difference = (this.#names[start + at] ?? 0) - path.charCodeAt(at);
      if (difference !== 0) return difference < 0;
    }
    return length < path.length;
  }
}
