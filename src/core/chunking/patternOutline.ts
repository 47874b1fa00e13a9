import type { ChunkKind } from '../../protocol/types.ts';
import { blockEnd, headLine } from './indentOutline.ts';
import type { LineTable } from './lines.ts';
import { cleanName, kindInScope } from './rules/rule.ts';
import type { ScopeKind, Unit } from './unit.ts';
import { scopeOf } from './unit.ts';

/** A line that starts a definition, in a language without a grammar. */
export interface LinePattern {
  /** Matched against a line without its indentation; `name` is the named group (several are tried in order). */
  readonly match: RegExp;
  readonly kind: ChunkKind;
  readonly minor?: boolean;
  readonly reopens?: boolean;
  /** What the definition is to those inside it, where its kind does not say. */
  readonly inside?: ScopeKind;
  /** The definition goes on until the pattern matches again. */
  readonly untilNext?: boolean;
  /** The definition ends with the first line that matches; without it, with its indented block. */
  readonly end?: RegExp;
}

/** What a language looks like, line by line. */
export interface LanguagePatterns {
  readonly definitions: readonly LinePattern[];
  /** Comment lines belong to what follows them. */
  readonly comment?: RegExp;
  /** Lines of decorators, attributes, signatures: they belong to what follows them. */
  readonly attached?: RegExp;
  /** Neighbours of one name are clauses of one function. */
  readonly clauses?: boolean;
}

/** Longer lines are data; patterns see their beginning. Characters. */
const maxMatchedLength = 240;
/** A definition whose end is farther away has none. */
const maxDefinitionLines = 5_000;

/** A file read line by line: definitions where a pattern says so, their extent by indentation, blocks otherwise. */
export function patternOutline(lines: LineTable, patterns: LanguagePatterns): Unit[] {
  return new PatternReader(lines, patterns).read(0, lines.count - 1, 'file');
}

class PatternReader {
  readonly #lines: LineTable;
  readonly #patterns: LanguagePatterns;
  /** Where the next end of each kind is, as far as it was looked for. */
  readonly #ends = new Map<RegExp, { readonly from: number; readonly found: number }>();

  constructor(lines: LineTable, patterns: LanguagePatterns) {
    this.#lines = lines;
    this.#patterns = patterns;
  }

  read(first: number, last: number, scope: ScopeKind): Unit[] {
    const units: Unit[] = [];
    for (let line = this.#lines.nextVisible(first, last); line <= last;) {
      const unit = this.#unitAt(line, last, scope);
      units.push(unit);
      line = this.#lines.nextVisible(unit.last + 1, last);
    }
    return units;
  }

  #unitAt(line: number, last: number, scope: ScopeKind): Unit {
    const { comment, attached, definitions } = this.#patterns;
    const start = this.#lines.startOf(line);
    const text = this.#lines.text.slice(start, Math.min(this.#lines.endOf(line), start + maxMatchedLength)).trim();
    if (comment?.test(text) === true) return { first: line, last: line, role: 'comment' };
    if (attached?.test(text) === true) return { first: line, last: line, role: 'attached' };
    for (const pattern of definitions) {
      if (pattern.minor === true && scope === 'function') continue;
      const found = pattern.match.exec(text);
      const name = found === null ? '' : nameOf(found);
      if (name !== '') return this.#definition(pattern, name, line, last, scope);
    }
    const end = blockEnd(this.#lines, line, last);
    if (end === line) return headLine(line);
    return this.#unit({ first: line, last: end, role: 'plain' }, scope);
  }

  #definition(pattern: LinePattern, name: string, line: number, last: number, scope: ScopeKind): Unit {
    const kind = kindInScope(pattern.kind, scope);
    const definition = { name, kind, minor: pattern.minor === true, reopens: pattern.reopens === true };
    const end = this.#endOf(pattern, line, last);
    return this.#unit({ first: line, last: end, role: 'definition', definition }, pattern.inside ?? scopeOf(kind));
  }

  /** A unit of several lines consists of its first one and what its others are. */
  #unit(unit: Unit, inside: ScopeKind): Unit {
    const { first, last } = unit;
    if (last === first) return unit;
    return { ...unit, expand: () => [headLine(first), ...this.read(first + 1, last, inside)] };
  }

  #endOf(pattern: LinePattern, line: number, last: number): number {
    if (pattern.untilNext === true) {
      const next = this.#nextMatch(pattern.match, line + 1);
      return this.#lines.previousVisible(line, Math.min(last, next - 1));
    }
    if (pattern.end !== undefined) {
      const end = this.#nextMatch(pattern.end, line);
      if (end <= Math.min(last, line + maxDefinitionLines)) return end;
    }
    return blockEnd(this.#lines, line, last);
  }

  /** The first line from `from` on whose end matches; behind the last line when there is none. */
  #nextMatch(expression: RegExp, from: number): number {
    const known = this.#ends.get(expression);
    if (known !== undefined && known.from <= from && from <= known.found) return known.found;
    let found = from;
    while (found < this.#lines.count && !this.#matches(expression, found)) found++;
    this.#ends.set(expression, { from, found });
    return found;
  }

  #matches(expression: RegExp, line: number): boolean {
    if (this.#lines.isBlank(line)) return false;
    const start = this.#lines.startOf(line);
    const stop = this.#lines.endOf(line);
    return expression.test(this.#lines.text.slice(Math.max(start, stop - maxMatchedLength), stop).trim());
  }
}

function nameOf(found: RegExpExecArray): string {
  const groups = Object.values(found.groups ?? {});
  return cleanName(groups.find((group) => group !== undefined && group !== '') ?? '');
}
