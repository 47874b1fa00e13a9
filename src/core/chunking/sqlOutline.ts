import type { ChunkKind } from '../../protocol/types.ts';
import { unitsByIndent } from './indentOutline.ts';
import type { LineTable } from './lines.ts';
import { cleanName } from './rules/rule.ts';
import type { Definition, Unit } from './unit.ts';

const created =
  /^(?:create|alter)\s+(?:or\s+(?:replace|alter)\s+)?(?:(?:temp(?:orary)?|unlogged|unique|materialized|recursive|global|local|external|definer\s*=\s*\S+|constraint|clustered|nonclustered)\s+)*(?<what>table|view|function|procedure|proc|trigger|index|type|domain|sequence|schema|database|policy|role|user|extension|package(?:\s+body)?|event)\s+(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?<name>[^\s(;]+)/i;
const statementStart =
  /^(?:create|alter|drop|insert|update|delete|select|with|merge|grant|revoke|comment|set|use|begin|commit|start|truncate|copy|call|exec(?:ute)?|declare|explain|do|vacuum|analyze|pragma|replace|delimiter|go)\b/i;

const kinds: Readonly<Record<string, ChunkKind>> = {
  function: 'function',
  proc: 'function',
  procedure: 'function',
  trigger: 'function',
  event: 'function',
  table: 'struct',
  view: 'struct',
  type: 'type',
  domain: 'type',
  schema: 'module',
  package: 'module',
  index: 'property',
};

/** SQL: one unit a statement. A body between `$$` marks, or up to the `end` of a routine, stays with its statement. */
export function sqlOutline(lines: LineTable): Unit[] {
  const units: Unit[] = [];
  let start = -1;
  let last = -1;
  let scan = new StatementScan();
  const flush = (): void => {
    if (start >= 0) units.push(statement(lines, start, last));
    start = -1;
    scan = new StatementScan();
  };
  for (let line = 0; line < lines.count; line++) {
    if (lines.isBlank(line)) continue;
    const text = lines.lineText(line).slice(0, 400).trim();
    const isComment = text.startsWith('--') || text.startsWith('/*') || (start < 0 && text.startsWith('*'));
    if (start < 0 && isComment) {
      units.push({ first: line, last: line, role: 'comment' });
      continue;
    }
    const startsNext = lines.indentOf(line) === 0 && statementStart.test(text);
    if (start >= 0 && startsNext && scan.mayEndBefore(text, line - last > 1)) flush();
    if (start < 0) start = line;
    last = line;
    if (scan.endsWith(text)) flush();
  }
  flush();
  return units;
}

/** Whether a statement is complete, judged line by line. */
class StatementScan {
  #quote: string | undefined;
  #routine = false;
  #depth = 0;
  #complete = false;

  /** Takes the next line of the statement; true when the statement ends with it. */
  endsWith(text: string): boolean {
    if (/^(?:create|alter)\b.*\b(?:function|procedure|proc|trigger|event|package)\b/i.test(text)) this.#routine = true;
    for (const [mark] of text.matchAll(/\$\w*\$/g)) {
      if (this.#quote === undefined) this.#quote = mark;
      else if (this.#quote === mark) this.#quote = undefined;
    }
    if (this.#quote !== undefined) return false;
    if (this.#routine) {
      this.#depth += [...text.matchAll(/\b(?:begin|case)\b/gi)].length;
      this.#depth -= [...text.matchAll(/\bend\b(?!\s+(?:if|loop|while|repeat|for)\b)/gi)].length;
    }
    this.#complete = /;\s*(?:--.*)?$/.test(text) || /^(?:go|\/|delimiter\b.*)$/i.test(text);
    return this.#complete && this.#depth <= 0;
  }

  /** Whether a line that looks like a new statement is one, although the last one was not closed. */
  mayEndBefore(text: string, blankBefore: boolean): boolean {
    if (this.#quote !== undefined || (this.#depth > 0 && this.#routine)) return false;
    return blankBefore || /^(?:create|alter|go|delimiter)\b/i.test(text);
  }
}

function statement(lines: LineTable, first: number, last: number): Unit {
  const definition = definitionOf(lines, first, last);
  return {
    first,
    last,
    role: definition === undefined ? 'plain' : 'definition',
    ...(definition === undefined ? {} : { definition }),
    ...(last > first ? { expand: () => unitsByIndent(lines, first, last) } : {}),
  };
}

function definitionOf(lines: LineTable, first: number, last: number): Definition | undefined {
  const head = lines
    .rangeText(first, Math.min(last, first + 2))
    .slice(0, 400)
    .replace(/\s+/g, ' ')
    .trim();
  const found = created.exec(head)?.groups;
  if (found === undefined) return undefined;
  const what = (found['what'] ?? '').toLowerCase().split(' ')[0] ?? '';
  const name = cleanName((found['name'] ?? '').replace(/["`[\]]/g, ''));
  if (name === '') return undefined;
  const kind = kinds[what] ?? 'block';
  return { name, kind, ...(kind === 'property' || kind === 'block' ? { minor: true } : {}) };
}
