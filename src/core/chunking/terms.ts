import { stem } from './stem.ts';
import { stopWords } from './stopWords.ts';

/** Longer runs are data (hashes, base64), not names: they count as one cut term. Characters. */
const maxWordLength = 120;
/** Terms are cut here, on both sides alike. Characters. */
const maxTermLength = 48;
/** An identifier with more parts than this is data as well. */
const maxParts = 14;
/** Terms of one query at most; the rest of a pasted page adds nothing. */
const maxQueryTerms = 64;
/** Identifiers remembered with their terms: code repeats itself, so most words are split once. */
const maxRemembered = 30_000;

const digit = 1;
const lower = 2;
const upper = 3;
const underscore = 4;

/** Class of each ASCII code: 0 = separator. */
const classOf = new Uint8Array(128);
for (let code = 48; code <= 57; code++) classOf[code] = digit;
for (let code = 97; code <= 122; code++) classOf[code] = lower;
for (let code = 65; code <= 90; code++) classOf[code] = upper;
classOf[95] = underscore;

const hyphen = 45;
const remembered = new Map<string, string>();

/**
 * The search terms of a text: lower case, stemmed, separated by spaces; what the full-text index stores. Each
 * identifier gives its parts and, when it has several, itself as one word, so that `HTTPServer`, `httpServer`,
 * `http_server` and `http-server` are all found by `http`, `server` and each other. Frequencies are kept: a name used
 * ten times counts ten times.
 */
export function splitTerms(text: string): string {
  const terms: string[] = [];
  forEachWord(text, (word) => {
    const split = termsOf(word);
    if (split !== '') terms.push(split);
  });
  return terms.join(' ');
}

/**
 * The distinct terms of a question, in its order, split as {@link splitTerms} does. Words that only make it a question
 * ("where do we …") are left out, unless nothing else is there.
 */
export function queryTerms(query: string): string[] {
  const meaningful = new Set<string>();
  const all = new Set<string>();
  forEachWord(query, (word) => {
    const isStopWord = stopWords.has(word.toLowerCase());
    for (const term of termsOf(word).split(' ')) {
      if (term === '') continue;
      all.add(term);
      if (!isStopWord) meaningful.add(term);
    }
  });
  return [...(meaningful.size > 0 ? meaningful : all)].slice(0, maxQueryTerms);
}

/**
 * Calls back with each stemmed part of the words of a text, in its order, repetitions included: as {@link splitTerms},
 * but identifiers of several parts are not given as a whole besides. What the embedded model reads. Each word's parts depend on
 * that word alone, so that they can be remembered by word.
 */
export function forEachPart(text: string, onPart: (part: string) => void): void {
  forEachWord(text, (word) => {
    for (const part of partsOf(word)) onPart(part);
  });
}

/** Calls back for each run of letters, digits and `_`; a hyphen between two letters belongs to the run (kebab-case). */
function forEachWord(text: string, onWord: (word: string) => void): void {
  const length = text.length;
  let start = -1;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code < 128) {
      if (classOf[code] !== 0) {
        if (start < 0) start = index;
        continue;
      }
      if (code === hyphen && start >= 0 && isLetter(text, index - 1) && isLetter(text, index + 1)) continue;
    } else if (isWordCode(text, index, code)) {
      if (start < 0) start = index;
      continue;
    }
    if (start >= 0) {
      onWord(text.slice(start, index));
      start = -1;
    }
  }
  if (start >= 0) onWord(text.slice(start));
}

function isLetter(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code < 128 && (classOf[code] === lower || classOf[code] === upper);
}

const wordCharacter = /[\p{L}\p{N}\p{M}]/u;

/** Ranges that are letters throughout: Latin, Greek and Cyrillic, kana, Han, Hangul. Everything else is looked up. */
function isCommonLetter(code: number): boolean {
  if (code < 0xc0) return false;
  if (code < 0x250) return code !== 0xd7 && code !== 0xf7;
  if (code < 0x530) return code >= 0x3a3 && code !== 0x3f6 && code !== 0x482;
  return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0x3041 && code <= 0x3096);
}

/** Letters beyond ASCII; the halves of a surrogate pair are judged as the pair they form. */
function isWordCode(text: string, index: number, code: number): boolean {
  if (isCommonLetter(code)) return true;
  if (code >= 0xdc00 && code <= 0xdfff) {
    const before = index > 0 ? text.charCodeAt(index - 1) : 0;
    return before >= 0xd800 && before <= 0xdbff && wordCharacter.test(text.slice(index - 1, index + 1));
  }
  const wide = code >= 0xd800 && code <= 0xdbff;
  return wordCharacter.test(wide ? text.slice(index, index + 2) : text.charAt(index));
}

function termsOf(word: string): string {
  // Numbers rarely come again.
  if (word.length > maxWordLength || classOf[word.charCodeAt(0)] === digit) return splitWithWhole(word);
  return memoized(remembered, word, splitWithWhole);
}

function splitWithWhole(word: string): string {
  return wordTerms(word, true);
}

/** The parts of one word of {@link forEachWord}, and itself when that is wanted, separated by spaces; '' when it has none. */
function wordTerms(word: string, withWhole: boolean): string {
  return word.length > maxWordLength ? longTerms(word) : splitWord(word, withWhole);
}

const rememberedParts = new Map<string, readonly string[]>();

function partsOf(word: string): readonly string[] {
  return classOf[word.charCodeAt(0)] === digit ? splitParts(word) : memoized(rememberedParts, word, splitParts);
}

function splitParts(word: string): readonly string[] {
  return wordTerms(word, false)
    .split(' ')
    .filter((part) => part !== '');
}

/** Remembers what a word gives, for {@link maxRemembered} words. */
function memoized<T>(known: Map<string, T>, word: string, compute: (word: string) => T): T {
  const before = known.get(word);
  if (before !== undefined) return before;
  const value = compute(word);
  if (known.size >= maxRemembered) known.clear();
  // A slice would keep the whole file alive; what is remembered must own its characters.
  known.set(detached(word), value);
  return value;
}

/** Data gives one cut term; scripts without spaces may well run on for as long. */
function longTerms(word: string): string {
  if (isAscii(word)) return word.slice(0, maxTermLength).toLowerCase().replace(/[_-]+/g, ' ').trim();
  const pieces = word.match(new RegExp(`.{1,${maxWordLength}}`, 'gsu')) ?? [];
  return pieces
    .map((piece) => splitWord(piece, true))
    .filter((terms) => terms !== '')
    .join(' ');
}

/** A copy that shares no memory with the text it was cut from. */
function detached(word: string): string {
  return word.length < 13 ? word : (JSON.parse(JSON.stringify(word)) as string);
}

function isAscii(word: string): boolean {
  for (let index = 0; index < word.length; index++) if (word.charCodeAt(index) > 127) return false;
  return true;
}

function splitWord(word: string, withWhole: boolean): string {
  return isAscii(word) ? joinTerms(asciiParts(word), withWhole) : unicodeTerms(word, withWhole);
}

/** Parts of an identifier in its own case: `parseHTTP2Header_v3` -> parse HTTP2 Header v3. */
function asciiParts(word: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let before = 0;
  const cut = (end: number): void => {
    if (end > start) parts.push(word.slice(start, end));
    start = end;
  };
  for (let index = 0; index < word.length; index++) {
    const now = classOf[word.charCodeAt(index)] ?? 0;
    if (now === underscore || now === 0) {
      cut(index);
      start = index + 1;
    } else if (now === upper && (before === lower || before === digit)) {
      cut(index);
    } else if (now === lower && before === upper && index - start > 1 && !endsPlural(word, index)) {
      cut(index - 1);
    }
    before = now;
  }
  cut(word.length);
  return parts;
}

/** The `s` of `URLs` or `userIDs`: it belongs to the capitals before it. */
function endsPlural(word: string, index: number): boolean {
  if (word.charCodeAt(index) !== 115) return false;
  return index + 1 >= word.length || classOf[word.charCodeAt(index + 1)] !== lower;
}

const lettersThenDigits = /^([a-z]{2,})(\d+)$/;
const digitsThenLetters = /^(\d+)([a-z]{2,})$/;

function joinTerms(parts: readonly string[], withWhole: boolean): string {
  if (parts.length === 0) return '';
  const terms: string[] = [];
  const lowered = parts.map((part) => part.toLowerCase());
  if (parts.length <= maxParts) for (const part of lowered) addTerm(terms, part);
  if (withWhole && parts.length > 1) {
    const whole = lowered.join('');
    if (whole.length <= maxTermLength || parts.length > maxParts) {
      terms.push(stem(whole.slice(0, maxTermLength)));
      const letters = lettersThenDigits.exec(whole)?.[1];
      if (letters !== undefined) terms.push(stem(letters));
    }
  }
  return terms.join(' ');
}

/** A part, and the letters and digits it is made of (`sha256`, `64bit`). */
function addTerm(terms: string[], part: string): void {
  const mixed = lettersThenDigits.exec(part) ?? digitsThenLetters.exec(part);
  terms.push(stem(part.slice(0, maxTermLength)));
  if (mixed === null) return;
  const [, first = '', second = ''] = mixed;
  terms.push(stem(first.slice(0, maxTermLength)), stem(second.slice(0, maxTermLength)));
}

const unspacedRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const unicodePart = /\p{Lu}+(?=\p{Lu}\p{Ll})|[\p{Lu}\p{Lt}]?[\p{Ll}\p{Lm}\p{Lo}\p{M}]+\p{N}*|\p{Lu}+\p{N}*|\p{N}+/gu;

/** Words with letters beyond ASCII: accents fall away, scripts without spaces give pairs of characters. */
function unicodeTerms(word: string, withWhole: boolean): string {
  const plain = word
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC');
  const terms: string[] = [];
  const rest = plain.replace(unspacedRun, (run) => {
    const characters = [...run];
    if (characters.length === 1) terms.push(run);
    for (let index = 0; index + 1 < characters.length; index++) {
      terms.push(`${characters[index] ?? ''}${characters[index + 1] ?? ''}`);
    }
    return ' ';
  });
  for (const run of rest.split(/[\s-]+/u)) {
    if (run !== '') {
      terms.push(joinTerms(isAscii(run) ? asciiParts(run) : (run.match(unicodePart) ?? []), withWhole));
    }
  }
  return terms.filter((term) => term !== '').join(' ');
}
