import type { ByteString } from './byteString.ts';
import { bytesToByteString } from './byteString.ts';
import type { IgnoreCandidate } from './ignoreRule.ts';
import { IgnoreRule } from './ignoreRule.ts';

/** A rule with the place where it stands. */
export interface RuleOrigin {
  /** The line as written. */
  readonly pattern: string;
  /** The file, relative to the folder where it lies below it, else absolute. */
  readonly source: string;
  /** 1-based. */
  readonly line: number;
}

/** The rules of one ignore file (.gitignore, .codeweaverignore, info/exclude, core.excludesFile). */
export class IgnoreFile {
  readonly #source: string;
  readonly #baseLength: number;
  /** Last line first: the last match decides. */
  readonly #rules: readonly IgnoreRule[];

  /**
   * @param base Directory of the file as a byte string from the top of all ignore files: '' or ending with a slash.
   *   The candidates given to {@link find} lie below it.
   */
  constructor(bytes: Uint8Array, source: string, base: ByteString, ignoreCase: boolean) {
    this.#source = source;
    this.#baseLength = base.length;
    this.#rules = parseRules(bytes, ignoreCase).toReversed();
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** The rule that decides, undefined when none matches. */
  find(candidate: IgnoreCandidate): IgnoreRule | undefined {
    return this.#rules.find((rule) => rule.matches(candidate, this.#baseLength));
  }

  origin(rule: IgnoreRule): RuleOrigin {
    return { pattern: rule.pattern, source: this.#source, line: rule.line };
  }
}

function parseRules(bytes: Uint8Array, ignoreCase: boolean): IgnoreRule[] {
  const text = bytesToByteString(bytes).replace(/^\xef\xbb\xbf/, '');
  const rules: IgnoreRule[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#')) continue;
    const pattern = trimTrailingSpaces(untilNul(line.endsWith('\r') ? line.slice(0, -1) : line));
    if (pattern !== '') rules.push(new IgnoreRule(pattern, index + 1, ignoreCase));
  }
  return rules;
}

/** Git reads lines as C strings. */
function untilNul(line: ByteString): ByteString {
  const nul = line.indexOf('\0');
  return nul < 0 ? line : line.slice(0, nul);
}

/** Spaces at the end do not count unless a backslash quotes them; tabs do. */
function trimTrailingSpaces(line: ByteString): ByteString {
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  let backslashes = 0;
  while (line[end - 1 - backslashes] === '\\') backslashes++;
  // An odd backslash quotes the first of the spaces that were cut.
  return backslashes % 2 === 1 && end < line.length ? line.slice(0, end + 1) : line.slice(0, end);
}
