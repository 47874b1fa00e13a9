import type { ReadableFile, ReplacementFile } from '../../src/core/ports.ts';

/** A file as {@link Storage} hands it out, in memory. */
export class MemoryFile implements ReplacementFile, ReadableFile {
  content: Uint8Array;
  /** Positions and lengths of what was written. */
  readonly writes: (readonly [position: number, bytes: number])[] = [];
  readonly #onWrite: () => void;

  /** `onWrite` is called before each write: what a process does while it waits for the disk. */
  constructor(content: Uint8Array = new Uint8Array(), onWrite: () => void = () => undefined) {
    this.content = content;
    this.#onWrite = onWrite;
  }

  get bytes(): number {
    return this.content.length;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    this.#onWrite();
    this.writes.push([position, bytes.length]);
    if (this.content.length < position + bytes.length) {
      const longer = new Uint8Array(position + bytes.length);
      longer.set(this.content);
      this.content = longer;
    }
    this.content.set(bytes, position);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const part = this.content.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    // Nothing is held.
  }
}
