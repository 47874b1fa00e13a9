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

/** A file read line by line: definitions where a pattern says so, their extent by indentation, blocks otherwise. */
export function patternOutline(lines: LineTable, patterns: LanguagePatterns): Unit[] {
  return read(lines, patterns, 0, lines.count - 1, 'file');
}

function read(lines: LineTable, patterns: LanguagePatterns, first: number, last: number, scope: ScopeKind): Unit[] {
  const units: Unit[] = [];
  for (let line = lines.nextVisible(first, last); line <= last;) {
    const unit = unitAt(lines, patterns, line, last, scope);
    units.push(unit);
    line = lines.nextVisible(unit.last + 1, last);
  }
  return units;
}

function unitAt(lines: LineTable, patterns: LanguagePatterns, line: number, last: number, scope: ScopeKind): Unit {
  const start = lines.startOf(line);
  const text = lines.text.slice(start, Math.min(lines.endOf(line), start + maxMatchedLength)).trim();
  if (patterns.comment?.test(text) === true) return { first: line, last: line, role: 'comment' };
  if (patterns.attached?.test(text) === true) return { first: line, last: line, role: 'attached' };
  for (const pattern of patterns.definitions) {
    if (pattern.minor === true && scope === 'function') continue;
    const found = pattern.match.exec(text);
    const name = found === null ? '' : nameOf(found);
    if (name === '') continue;
    const end = definitionEnd(lines, pattern, line, last);
    const kind = kindInScope(pattern.kind, scope);
    return {
      first: line,
      last: end,
      role: 'definition',
      definition: { name, kind, minor: pattern.minor === true, reopens: pattern.reopens === true },
      ...(end > line
        ? { expand: () => [headLine(line), ...read(lines, patterns, line + 1, end, pattern.inside ?? scopeOf(kind))] }
        : {}),
    };
  }
  const end = blockEnd(lines, line, last);
  if (end === line) return headLine(line);
  return {
    first: line,
    last: end,
    role: 'plain',
    expand: () => [headLine(line), ...read(lines, patterns, line + 1, end, scope)],
  };
}

function nameOf(found: RegExpExecArray): string {
  const groups = Object.values(found.groups ?? {});
  return cleanName(groups.find((group) => group !== undefined && group !== '') ?? '');
}

function definitionEnd(lines: LineTable, pattern: LinePattern, line: number, last: number): number {
  if (pattern.untilNext === true) {
    let next = line + 1;
    while (next <= last && !pattern.match.test(lines.lineText(next).slice(0, maxMatchedLength))) next++;
    return lines.previousVisible(line, next - 1);
  }
  return pattern.end === undefined ? blockEnd(lines, line, last) : endAt(lines, pattern.end, line, last);
}

/** The first line from `line` on that ends the definition; its indented block when none does. */
function endAt(lines: LineTable, end: RegExp, line: number, last: number): number {
  for (let next = line; next <= last; next++) {
    if (lines.isBlank(next)) continue;
    const start = lines.startOf(next);
    const stop = lines.endOf(next);
    if (end.test(lines.text.slice(Math.max(start, stop - maxMatchedLength), stop).trim())) return next;
  }
  return blockEnd(lines, line, last);
}
