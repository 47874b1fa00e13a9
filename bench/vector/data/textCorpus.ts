import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mix } from './random.ts';

/** Text that everybody has after `npm ci`: what the project's dependencies are written in and documented with. */
const corpusRoot = join(import.meta.dirname, '../../../node_modules');

/** Of files that differ in the ending only (the same module built twice) the first of these is read. */
const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.md'];
const maxFileBytes = 1024 * 1024;
/** Longer lines on average: minified, or data. */
const maxMeanLineLength = 120;
/** Fewer words per line: data (the vocabularies of tokenizers, tables), not text. */
const minMeanTerms = 2.5;
/** One file of so many goes to the queries; none of its windows is a row. */
const heldOutEvery = 20;

export interface TextFile {
  /** Below the corpus, with `/`. */
  readonly path: string;
  readonly bytes: number;
}

/** Every text as numbers: line `i` consists of `terms[lineStarts[i]]` to `terms[lineStarts[i + 1] - 1]`. */
export interface TextCorpus {
  readonly terms: Uint32Array;
  readonly lineStarts: Uint32Array;
  readonly files: readonly FileLines[];
  /** A hash for each term; what a term's vector is made from. */
  readonly termHashes: Uint32Array;
}

interface FileLines {
  readonly path: string;
  readonly firstLine: number;
  readonly endLine: number;
  readonly heldOut: boolean;
}

export async function listTextFiles(): Promise<readonly TextFile[]> {
  const entries = await readdir(corpusRoot, { recursive: true, withFileTypes: true });
  const chosen = new Map<string, string>();
  for (const entry of entries) {
    if (!entry.isFile() || /\.min\.|\.bundle\./.test(entry.name)) continue;
    const rank = extensions.findIndex((extension) => entry.name.endsWith(extension));
    if (rank < 0) continue;
    const path = join(entry.parentPath, entry.name);
    const stem = path.slice(0, -extensions[rank]!.length);
    const rival = chosen.get(stem);
    if (rival === undefined || rank < extensions.findIndex((extension) => rival.endsWith(extension)))
      chosen.set(stem, path);
  }
  const files = await Promise.all(
    [...chosen.values()].map(async (path) => ({
      path: path.slice(corpusRoot.length + 1).replaceAll('\\', '/'),
      bytes: (await stat(path)).size,
    })),
  );
  return files
    .filter(({ bytes }) => bytes > 0 && bytes <= maxFileBytes)
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** Reads and splits the files; lines without a term are left out. */
export async function readTextCorpus(files: readonly TextFile[]): Promise<TextCorpus> {
  const numbers = new Map<string, number>();
  const terms = new GrowingNumbers();
  const lineStarts = new GrowingNumbers();
  const read: FileLines[] = [];
  for (const { path } of files) {
    const text = await readFile(join(corpusRoot, path), 'utf8');
    const lines = text.split('\n');
    if (text.length > maxMeanLineLength * lines.length) continue;
    const split = lines.map(splitTerms).filter((words) => words.length > 0);
    if (split.reduce((sum, words) => sum + words.length, 0) < minMeanTerms * split.length) continue;
    const firstLine = lineStarts.length;
    for (const words of split) {
      lineStarts.push(terms.length);
      for (const word of words) {
        let number = numbers.get(word);
        if (number === undefined) numbers.set(word, (number = numbers.size));
        terms.push(number);
      }
    }
    read.push({ path, firstLine, endLine: lineStarts.length, heldOut: hashText(path) % heldOutEvery === 0 });
  }
  lineStarts.push(terms.length);
  return {
    terms: terms.values(),
    lineStarts: lineStarts.values(),
    files: read,
    termHashes: Uint32Array.from(numbers.keys(), hashText),
  };
}

/** `parseHTTPHeader_v2` is parse, http, header, 2: lower-case words of two letters or more, and short numbers. */
function splitTerms(text: string): string[] {
  const words = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return words
    .filter((word) => (word >= 'A' ? word.length > 1 && word.length <= 24 : word.length <= 4))
    .map((word) => word.toLowerCase());
}

/** FNV-1a, its bits spread. */
function hashText(text: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return mix(hash);
}

/** An array of whole numbers that costs four bytes each, however many there will be. */
class GrowingNumbers {
  #values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  values(): Uint32Array {
    return this.#values.slice(0, this.length);
  }
}
