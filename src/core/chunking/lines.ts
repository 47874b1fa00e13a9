import { tokenUnits, unitsPerToken } from './tokens.ts';

const tabWidth = 4;
const newline = 10;
const carriageReturn = 13;

/** White space as `String.prototype.trim` has it, without line ends. */
function isSpace(code: number): boolean {
  if (code < 128) return code === 32 || code === 9 || code === 11 || code === 12;
  if (code === 0xa0 || code === 0xfeff || code === 0x3000) return true;
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f
  );
}

/**
 * The lines of a text, counted as an editor counts them: `\n`, `\r\n` and a lone `\r` end a line. Line numbers are
 * 0-based here; what leaves this folder is 1-based. Token counts of any range of lines cost one subtraction.
 */
export class LineTable {
  readonly text: string;
  /** Number of lines; a text that ends with a line end has no empty line after it. */
  readonly count: number;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** Columns before the first visible character (tab = 4), -1 for a blank line. */
  readonly #indents: Int32Array;
  /** Token units before each line. */
  readonly #units: Float64Array;

  constructor(text: string) {
    this.text = text;
    const starts: number[] = [];
    const ends: number[] = [];
    let start = 0;
    while (start < text.length) {
      const end = lineEnd(text, start);
      starts.push(start);
      ends.push(end);
      start = end + (text.charCodeAt(end) === carriageReturn && text.charCodeAt(end + 1) === newline ? 2 : 1);
    }
    this.count = starts.length;
    this.#starts = Int32Array.from(starts);
    this.#ends = Int32Array.from(ends);
    this.#indents = new Int32Array(this.count);
    this.#units = new Float64Array(this.count + 1);
    for (let line = 0; line < this.count; line++) this.#measure(line);
  }

  #measure(line: number): void {
    const start = this.#starts[line] ?? 0;
    const end = this.#ends[line] ?? 0;
    let columns = 0;
    let index = start;
    for (; index < end; index++) {
      const code = this.text.charCodeAt(index);
      if (!isSpace(code)) break;
      columns += code === 9 ? tabWidth : 1;
    }
    const blank = index >= end;
    this.#indents[line] = blank ? -1 : columns;
    this.#units[line + 1] = (this.#units[line] ?? 0) + tokenUnits(this.text, start, end);
  }

  /** Index of the first character of a line. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Index behind the last character of a line, before its line end. */
  endOf(line: number): number {
    return this.#ends[line] ?? this.text.length;
  }

  isBlank(line: number): boolean {
    return (this.#indents[line] ?? -1) < 0;
  }

  /** Columns of white space before the first visible character; -1 for a blank line. */
  indentOf(line: number): number {
    return this.#indents[line] ?? -1;
  }

  /** The text of one line, without its line end. */
  lineText(line: number): string {
    return this.text.slice(this.startOf(line), this.endOf(line));
  }

  /** Lines `first..last` joined by `\n`. */
  rangeText(first: number, last: number): string {
    const text = this.text.slice(this.startOf(first), this.endOf(last));
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  /** Estimated tokens of the lines `first..last`: what `estimateTokens` says of their text. */
  tokens(first: number, last: number): number {
    const units = (this.#units[last + 1] ?? 0) - (this.#units[first] ?? 0);
    return Math.ceil(units / unitsPerToken);
  }

  /** The line that holds the character at `index`. */
  lineAt(index: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The first non-blank line in `first..last`, `last + 1` when there is none. */
  nextVisible(first: number, last: number): number {
    let line = first;
    while (line <= last && this.isBlank(line)) line++;
    return line;
  }

  /** The last non-blank line in `first..last`, `first - 1` when there is none. */
  previousVisible(first: number, last: number): number {
    let line = last;
    while (line >= first && this.isBlank(line)) line--;
    return line;
  }
}

function lineEnd(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === newline || code === carriageReturn) return index;
  }
  return text.length;
}
