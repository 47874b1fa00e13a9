import { fnv1a, fnvFactor, fnvStart } from '../../util/fnv1a.ts';

/** Tokens in one shingle: long enough that two unrelated pieces of code share few, short enough that an edit spoils few. */
const shingleLength = 6;

/** Words that say what a piece of code does, in most languages: a copy does not rename them. */
const keywords = new Set(
  (
    'as async await begin break case catch class const continue def default defer del delete do done elif else elsif end ' +
    'enum except extends false fi final finally fn for foreach from fun func function go goto guard if impl implements ' +
    'import in instanceof interface is lambda let loop match module mut namespace new nil None not null of or and package ' +
    'pass private protected public raise range rescue return select self static struct super switch template then this ' +
    'throw throws trait true True False try type typeof union unless unsafe until use using val var void when where while ' +
    'with yield'
  ).split(' '),
);

const token =
  /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}[\p{L}\p{N}_.]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[^\s]/gu;
/** Comments that fill a line, and what every file of its kind says anew: imports. */
const passedOver =
  /^\s*(?:\/\/|\/\*|\*(?![\w(])|#(?!\[)|--|;|%|<!--|(?:import|using|use|require|include|package)\b(?!\s*\()|from\s+\S+\s+import\b)/u;

/** What of a chunk's text is compared with others. Hashes, ascending, repetitions included. */
export interface Fingerprint {
  /** Tokens of the code, without comments and imports. */
  readonly tokens: number;
  /** Of each run of {@link shingleLength} tokens, names by where they stood first in it: the same after renaming. */
  readonly shape: Uint32Array;
  /** Of each name and literal. */
  readonly names: Uint32Array;
}

/**
 * The fingerprint of a text in any language. O(characters).
 *
 * Shingles after Broder, "On the resemblance and containment of documents" (1997); names by position after the parameterized
 * matching of Baker, "On finding duplication and near-duplication in large software systems" (WCRE 1995).
 */
export function fingerprint(text: string): Fingerprint {
  const words: string[] = [];
  for (const line of text.split('\n')) if (!passedOver.test(line)) words.push(...(line.match(token) ?? []));
  const isName = words.map((word) => /^[\p{L}\p{N}_$"'`]/u.test(word) && !keywords.has(word));
  const hashes = words.map((word) => fnv1a(word));
  const shape = new Uint32Array(Math.max(0, words.length - shingleLength + 1));
  for (let start = 0; start < shape.length; start++) shape[start] = shingleHash(hashes, isName, start);
  const names = Uint32Array.from(hashes.filter((_, index) => isName[index]));
  return { tokens: words.length, shape: shape.sort(), names: names.sort() };
}

function shingleHash(hashes: readonly number[], isName: readonly boolean[], start: number): number {
  let hash = fnvStart;
  for (let index = start; index < start + shingleLength; index++) {
    let part = hashes[index] ?? 0;
    if (isName[index] === true) part = hashes.indexOf(part, start) - start;
    hash = Math.imul(hash ^ part, fnvFactor);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/**
 * How much alike two pieces of code are, 0..1: the mean of what they share of their shape and of their names, each as
 * Dice's coefficient over the repetitions. 1: the same but for comments and white space. 0 instead of anything below `least`.
 */
export function likeness(one: Fingerprint, other: Fingerprint, least = 0): number {
  // Most pairs are told apart by their lengths, most of the rest by their names, which are fewer than the runs.
  if ((most(one.names, other.names) + most(one.shape, other.shape)) / 2 < least) return 0;
  const names = dice(one.names, other.names);
  if ((names + most(one.shape, other.shape)) / 2 < least) return 0;
  const value = (names + dice(one.shape, other.shape)) / 2;
  return value < least ? 0 : value;
}

/** What {@link dice} gives at most, by the lengths. */
function most({ length: one }: Uint32Array, { length: other }: Uint32Array): number {
  return one + other === 0 ? 1 : (2 * Math.min(one, other)) / (one + other);
}

function dice(one: Uint32Array, other: Uint32Array): number {
  const total = one.length + other.length;
  if (total === 0) return 1;
  let shared = 0;
  for (let a = 0, b = 0; a < one.length && b < other.length;) {
    const left = one[a]!;
    const right = other[b]!;
    if (left === right) shared++;
    if (left <= right) a++;
    if (right <= left) b++;
  }
  return (2 * shared) / total;
}
