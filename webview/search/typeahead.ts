/** Letters typed within this pause of each other are one word, as in VS Code's lists. */
const pauseMs = 800;

/** Finds the row whose name starts with the letters that are typed. */
export class Typeahead {
  #typed = '';
  #typedAt = 0;

  /**
   * The row to go to: the next one from `index` on whose name, or the last part of a qualified one, starts with what was
   * typed; the same letter again goes on to the next. Undefined: there is none. `nowMs` is any clock's.
   */
  next(letter: string, names: readonly string[], index: number, nowMs: number): number | undefined {
    this.#typed = nowMs - this.#typedAt > pauseMs ? letter : this.#typed + letter;
    this.#typedAt = nowMs;
    const typed = this.#typed.toLowerCase();
    const repeated = [...typed].every((one) => one === typed[0]);
    // What is typed further narrows down on the same row; one letter moves on.
    const from = repeated ? 1 : 0;
    const start = repeated ? (typed[0] as string) : typed;
    for (let step = from; step < names.length + from; step++) {
      const candidate = (index + step) % names.length;
      if (startsWith(names[candidate] as string, start)) return candidate;
    }
    return undefined;
  }
}

function startsWith(name: string, start: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(start) || (lower.split(/[.:#]/).at(-1) as string).startsWith(start);
}
