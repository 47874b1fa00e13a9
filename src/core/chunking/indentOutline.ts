import type { LineTable } from './lines.ts';
import type { Unit } from './unit.ts';

/** Lines that go on with the block above although they are not indented: closers, `else`, an opening brace alone. */
const continuation =
  /^\s*(?:[)\]}]|\{\s*$|(?:end|else|elsif|elseif|elif|catch|except|finally|rescue|ensure|then|do|begin)\b)/i;

/**
 * The last line of the block that starts at `line`: everything indented deeper, and what continues it. Never beyond
 * `end`.
 */
export function blockEnd(lines: LineTable, line: number, end: number): number {
  const indent = lines.indentOf(line);
  let last = line;
  for (let next = line + 1; next <= end; next++) {
    const nextIndent = lines.indentOf(next);
    if (nextIndent < 0) continue;
    if (nextIndent < indent) break;
    if (nextIndent === indent && !continuation.test(lines.lineText(next).slice(0, 200))) break;
    last = next;
  }
  return last;
}

/** Blocks by indentation: each line with what is indented below it. */
export function unitsByIndent(lines: LineTable, first: number, last: number): Unit[] {
  const units: Unit[] = [];
  for (let line = lines.nextVisible(first, last); line <= last;) {
    const start = line;
    const end = blockEnd(lines, start, last);
    units.push({
      first: start,
      last: end,
      role: 'plain',
      ...(end > start ? { expand: () => [headLine(start), ...unitsByIndent(lines, start + 1, end)] } : {}),
    });
    line = lines.nextVisible(end + 1, last);
  }
  return units;
}

export function headLine(line: number): Unit {
  return { first: line, last: line, role: 'plain' };
}
