import type { ByteString } from './byteString.ts';
import { fromByteString } from './byteString.ts';
import { Wildmatch } from './wildmatch.ts';

/** What a rule is asked about. All strings are byte strings. */
export interface IgnoreCandidate {
  /** Path from the top directory of the ignore files, forward slashes. */
  readonly path: ByteString;
  /** The last segment of `path`. */
  readonly name: ByteString;
  readonly isDirectory: boolean;
}

const special = /[*?[\\]/;

/** One line of an ignore file. */
export class IgnoreRule {
  /** The line as written, without trailing spaces. */
  readonly pattern: string;
  /** 1-based. */
  readonly line: number;
  /** `!`: takes back what an earlier rule ignored. */
  readonly isNegated: boolean;
  readonly #directoriesOnly: boolean;
  readonly #matches: (candidate: IgnoreCandidate, baseLength: number) => boolean;

  constructor(text: ByteString, line: number, ignoreCase: boolean) {
    this.pattern = fromByteString(text);
    this.line = line;
    this.isNegated = text.startsWith('!');
    let body = this.isNegated ? text.slice(1) : text;
    this.#directoriesOnly = body.endsWith('/');
    if (this.#directoriesOnly) body = body.slice(0, -1);
    this.#matches = compile(body, ignoreCase);
  }

  /** `baseLength`: characters of `candidate.path` that lead to the rule's own directory, its slash included. */
  matches(candidate: IgnoreCandidate, baseLength: number): boolean {
    return (!this.#directoriesOnly || candidate.isDirectory) && this.#matches(candidate, baseLength);
  }
}

/** A pattern with a slash is matched with the path from the rule's directory, one without with the name at any depth. */
function compile(body: ByteString, ignoreCase: boolean): (candidate: IgnoreCandidate, baseLength: number) => boolean {
  const fold = ignoreCase ? foldCase : same;
  if (body.includes('/')) {
    const anchored = fold(body.startsWith('/') ? body.slice(1) : body);
    if (!special.test(anchored)) {
      return ({ path }, baseLength) =>
        path.length - baseLength === anchored.length && fold(path.slice(baseLength)) === anchored;
    }
    const glob = new Wildmatch(body.startsWith('/') ? body.slice(1) : body, ignoreCase);
    return ({ path }, baseLength) => glob.matches(path.slice(baseLength));
  }
  const literal = fold(body);
  if (!special.test(literal)) return ({ name }) => name.length === literal.length && fold(name) === literal;
  const suffix = literal.slice(1);
  if (literal.startsWith('*') && !special.test(suffix)) return ({ name }) => fold(name).endsWith(suffix);
  const glob = new Wildmatch(body, ignoreCase);
  return ({ name }) => glob.matches(name);
}

function same(text: ByteString): ByteString {
  return text;
}

/** ASCII alone, as git folds. */
function foldCase(text: ByteString): ByteString {
  return text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase());
}
