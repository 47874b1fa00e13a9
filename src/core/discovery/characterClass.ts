import type { ByteString } from './byteString.ts';

/** The characters a bracket expression accepts, one flag per byte, and where the pattern goes on after its `]`. */
export interface CharacterClass {
  readonly accepts: Uint8Array;
  readonly end: number;
}

const inRange = (first: string, last: string) => (code: number) =>
  code >= first.charCodeAt(0) && code <= last.charCodeAt(0);
const isLower = inRange('a', 'z');
const isUpper = inRange('A', 'Z');
const isDigit = inRange('0', '9');
const isAlpha = (code: number): boolean => isLower(code) || isUpper(code);
const isAlnum = (code: number): boolean => isAlpha(code) || isDigit(code);
const isPrint = inRange(' ', '~');
/** Git's own table: vertical tab and form feed are no spaces. */
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

/** POSIX names as git knows them: ASCII alone, whatever the locale. */
const namedClasses: Readonly<Record<string, (code: number) => boolean>> = {
  alnum: isAlnum,
  alpha: isAlpha,
  blank: (code) => code === 32 || code === 9,
  cntrl: (code) => code < 32 || code === 127,
  digit: isDigit,
  graph: (code) => isPrint(code) && !isSpace(code),
  lower: isLower,
  print: isPrint,
  punct: (code) => isPrint(code) && code !== 32 && !isAlnum(code),
  space: isSpace,
  upper: isUpper,
  xdigit: (code) => isDigit(code) || inRange('a', 'f')(code) || inRange('A', 'F')(code),
};

/**
 * Reads the bracket expression whose `[` is at `start`. Undefined: it is malformed (no `]`, unknown `[:name:]`), and git
 * lets a pattern with such an expression match nothing.
 *
 * The text to match is expected in lower case when `ignoreCase` is set. Git then widens ranges and `[:upper:]`, but
 * not single characters: `[A]` matches neither `a` nor `A`.
 */
export function parseCharacterClass(
  pattern: ByteString,
  start: number,
  ignoreCase: boolean,
): CharacterClass | undefined {
  const accepts = new Uint8Array(256);
  const isNegated = pattern[start + 1] === '!' || pattern[start + 1] === '^';
  let at = start + (isNegated ? 2 : 1);
  let previous: number | undefined;
  // A `]` in the first place is a member of the class, not its end.
  for (let isFirst = true; isFirst || pattern[at] !== ']'; isFirst = false, at++) {
    const character = pattern[at];
    if (character === undefined) return undefined;
    const following = pattern[at + 1];
    if (character === '\\') {
      if (following === undefined) return undefined;
      at++;
      previous = following.charCodeAt(0);
      accepts[previous] = 1;
    } else if (character === '-' && previous !== undefined && following !== undefined && following !== ']') {
      at += following === '\\' ? 2 : 1;
      const last = pattern.charCodeAt(at);
      if (Number.isNaN(last)) return undefined;
      acceptRange(accepts, previous, last, ignoreCase);
      previous = undefined;
    } else if (character === '[' && following === ':') {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return undefined;
      if (close > at + 2 && pattern[close - 1] === ':') {
        const isMember = namedClasses[pattern.slice(at + 2, close - 1)];
        if (isMember === undefined) return undefined;
        for (let code = 0; code < 256; code++) {
          if (isMember(code) || (ignoreCase && isMember === isUpper && isLower(code))) accepts[code] = 1;
        }
        at = close;
        previous = undefined;
      } else {
        previous = character.charCodeAt(0);
        accepts[previous] = 1;
      }
    } else {
      previous = character.charCodeAt(0);
      accepts[previous] = 1;
    }
  }
  if (isNegated) for (let code = 0; code < 256; code++) accepts[code] = accepts[code] === 1 ? 0 : 1;
  return { accepts, end: at + 1 };
}

function acceptRange(accepts: Uint8Array, first: number, last: number, ignoreCase: boolean): void {
  for (let code = 0; code < 256; code++) {
    const upper = ignoreCase && isLower(code) ? code - 32 : code;
    if ((code >= first && code <= last) || (upper >= first && upper <= last)) accepts[code] = 1;
  }
}
