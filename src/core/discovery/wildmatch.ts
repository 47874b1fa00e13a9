import type { ByteString } from './byteString.ts';
import { parseCharacterClass } from './characterClass.ts';

const slash = 47;

/**
 * One step of a compiled pattern. `star` stays within a path segment, `deepStar` crosses segments, `directories` is a
 * `**` with its following slash: nothing at all, or anything that ends with a slash.
 */
type Step =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'class'; readonly accepts: Uint8Array }
  | { readonly kind: 'star' }
  | { readonly kind: 'deepStar' }
  | { readonly kind: 'directories' };

/**
 * A glob in git's dialect (wildmatch with WM_PATHNAME): `*`, `?` and brackets never match a slash; `**` between slashes or
 * pattern ends crosses directories, any other run of stars is one star; a backslash quotes.
 */
export class Wildmatch {
  readonly #steps: readonly Step[] | undefined;
  readonly #ignoreCase: boolean;

  /** A malformed pattern (unclosed bracket, trailing backslash) is accepted and matches nothing, as in git. */
  constructor(pattern: ByteString, ignoreCase: boolean) {
    this.#steps = compile(pattern, ignoreCase);
    this.#ignoreCase = ignoreCase;
  }

  /**
   * Runs in polynomial time whatever the pattern (ignore files come from strangers): a mismatch goes back to the last
   * `*` of the segment, else to the last `**`. Earlier stars need no second try: what they could take besides, the last
   * star can take as well, and segment borders are fixed by the slashes.
   */
  matches(text: ByteString): boolean {
    const steps = this.#steps;
    if (steps === undefined) return false;
    let at = 0;
    let index = 0;
    let star: { readonly index: number; at: number } | undefined;
    let deep: { readonly index: number; at: number; readonly wholeDirectories: boolean } | undefined;
    for (;;) {
      const step = steps[index];
      if (step === undefined) {
        if (at === text.length) return true;
      } else if (step.kind === 'star') {
        star = { index: ++index, at };
        continue;
      } else if (step.kind === 'deepStar' || step.kind === 'directories') {
        deep = { index: ++index, at, wholeDirectories: step.kind === 'directories' };
        star = undefined;
        continue;
      } else if (at < text.length && this.#accepts(step, text.charCodeAt(at))) {
        at++;
        index++;
        continue;
      }

      if (star !== undefined && star.at < text.length && text.charCodeAt(star.at) !== slash) {
        at = ++star.at;
        index = star.index;
      } else if (deep !== undefined) {
        star = undefined;
        deep.at = deep.wholeDirectories ? text.indexOf('/', deep.at) + 1 : deep.at + 1;
        if (deep.at === 0 || deep.at > text.length) return false;
        at = deep.at;
        index = deep.index;
      } else {
        return false;
      }
    }
  }

  #accepts(step: Extract<Step, { readonly kind: 'character' | 'class' }>, code: number): boolean {
    const folded = this.#ignoreCase ? toLower(code) : code;
    return step.kind === 'character' ? step.code === folded : step.accepts[folded] === 1;
  }
}

function compile(pattern: ByteString, ignoreCase: boolean): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at];
    if (character === '*') {
      let end = at;
      while (pattern[end] === '*') end++;
      const isDeep =
        end - at > 1 &&
        (at === 0 || pattern[at - 1] === '/') &&
        (end === pattern.length || pattern[end] === '/' || pattern.startsWith('\\/', end));
      if (isDeep && pattern[end] === '/') {
        steps.push({ kind: 'directories' });
        end++;
      } else {
        steps.push({ kind: isDeep ? 'deepStar' : 'star' });
      }
      at = end;
    } else if (character === '?') {
      steps.push({ kind: 'class', accepts: anyButSlash });
      at++;
    } else if (character === '[') {
      const parsed = parseCharacterClass(pattern, at, ignoreCase);
      if (parsed === undefined) return undefined;
      parsed.accepts[slash] = 0;
      steps.push({ kind: 'class', accepts: parsed.accepts });
      at = parsed.end;
    } else {
      const escaped = character === '\\';
      if (escaped) at++;
      if (at === pattern.length) return undefined;
      const code = pattern.charCodeAt(at++);
      // git folds the text and the pattern, but not a letter behind a backslash: `\A` then matches nothing.
      steps.push({ kind: 'character', code: ignoreCase && !escaped ? toLower(code) : code });
    }
  }
  return steps;
}

const anyButSlash = new Uint8Array(256).fill(1);
anyButSlash[slash] = 0;

/** ASCII alone, as git folds. */
function toLower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
