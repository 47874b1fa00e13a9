/** Longer words are data; they are not remembered. Characters. */
const maxWordLength = 48;
const maxWords = 1 << 16;
const slotCount = 1 << 18;
const maxCharacters = 1 << 20;
const maxRows = 1 << 18;

/**
 * Remembers which rows of the model each ASCII word stands for, looked up where it stands in a text, so that a word that is
 * known costs neither a string nor its splitting. 4 MB at most: when it is full it starts anew, as most words come
 * again soon or never.
 */
export class WordRows {
  readonly #slots = new Int32Array(slotCount);
  readonly #hashes = new Int32Array(maxWords);
  readonly #characterStarts = new Int32Array(maxWords);
  readonly #lengths = new Uint8Array(maxWords);
  readonly #characters = new Uint8Array(maxCharacters);
  #words = 0;
  #characterCount = 0;
  /** Rows of all words, one word after the other. */
  readonly rows = new Uint32Array(maxRows);
  /** Where the rows of a word begin in {@link rows}; they end where the next word's begin. */
  readonly rowStarts = new Int32Array(maxWords + 1);

  /** The word's number, -1 when it is not known. `hash`: the same for equal words, spread over 32 bits. */
  find(text: string, start: number, end: number, hash: number): number {
    const length = end - start;
    const mask = slotCount - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const word = this.#slots[slot]! - 1;
      if (word < 0) return -1;
      if (this.#hashes[word] !== hash || this.#lengths[word] !== length) continue;
      let at = this.#characterStarts[word]!;
      let index = start;
      while (index < end && this.#characters[at] === text.charCodeAt(index)) {
        at++;
        index++;
      }
      if (index === end) return word;
    }
  }

  /** Remembers a word that is not known yet. */
  add(word: string, hash: number, rows: readonly number[]): void {
    if (word.length > maxWordLength) return;
    const isFull =
      this.#words === maxWords ||
      this.#characterCount + word.length > maxCharacters ||
      this.rowStarts[this.#words]! + rows.length > maxRows;
    if (isFull) this.#forget();
    const number = this.#words++;
    this.#hashes[number] = hash;
    this.#lengths[number] = word.length;
    this.#characterStarts[number] = this.#characterCount;
    for (let index = 0; index < word.length; index++) this.#characters[this.#characterCount++] = word.charCodeAt(index);
    const rowStart = this.rowStarts[number]!;
    this.rows.set(rows, rowStart);
    this.rowStarts[number + 1] = rowStart + rows.length;
    const mask = slotCount - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #forget(): void {
    this.#slots.fill(0);
    this.#words = this.#characterCount = 0;
  }
}
