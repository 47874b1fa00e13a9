import { append } from './append.ts';
import type { LineTable } from './lines.ts';
import type { Unit } from './unit.ts';
import { unitsByIndent } from './indentOutline.ts';

/** A line that opens a section. */
export interface Heading {
  readonly line: number;
  /** Last line of the heading itself (an underline, for instance). */
  readonly lastLine: number;
  /** 1 = outermost. */
  readonly level: number;
  readonly title: string;
}

/** Finds the headings of a text, in order. */
export type HeadingFinder = (lines: LineTable) => Heading[];

/** A text as nested sections; before the first heading, plain blocks. */
export function headingOutline(lines: LineTable, headings: readonly Heading[]): Unit[] {
  const [first] = headings;
  const before = first === undefined ? lines.count - 1 : first.line - 1;
  return [...blocks(lines, 0, before), ...sections(lines, headings, 0, headings.length, lines.count - 1)];
}

/** The sections of `headings[from, to)`, the last of which ends at line `last`. */
function sections(lines: LineTable, headings: readonly Heading[], from: number, to: number, last: number): Unit[] {
  const units: Unit[] = [];
  for (let index = from; index < to;) {
    const heading = headings[index];
    if (heading === undefined) break;
    let next = index + 1;
    while (next < to && (headings[next]?.level ?? 0) > heading.level) next++;
    const end = next < to ? (headings[next]?.line ?? last + 1) - 1 : last;
    const inside = index + 1;
    const innerEnd = next;
    const contentEnd = inside < innerEnd ? (headings[inside]?.line ?? end + 1) - 1 : end;
    units.push({
      first: heading.line,
      last: Math.max(heading.line, lines.previousVisible(heading.line, end)),
      role: 'definition',
      definition: { name: heading.title, kind: 'section', minor: true },
      expand: () => [
        { first: heading.line, last: heading.lastLine, role: 'plain' },
        ...blocks(lines, heading.lastLine + 1, contentEnd),
        ...sections(lines, headings, inside, innerEnd, end),
      ],
    });
    index = next;
  }
  return units;
}

const fence = /^\s*(```+|~~~+)/;

/** Paragraphs, lists and fenced code; a fence stays one unit. */
function blocks(lines: LineTable, first: number, last: number): Unit[] {
  const units: Unit[] = [];
  let start = first;
  for (let line = first; line <= last; line++) {
    const opening = fence.exec(lines.lineText(line).slice(0, 200))?.[1];
    if (opening === undefined) continue;
    let end = line + 1;
    while (end <= last && !lines.lineText(end).trim().startsWith(opening)) end++;
    append(units, unitsByIndent(lines, start, line - 1));
    const fenceEnd = Math.min(end, last);
    const body = line;
    units.push({ first: line, last: fenceEnd, role: 'plain', expand: () => unitsByIndent(lines, body, fenceEnd) });
    start = fenceEnd + 1;
    line = fenceEnd;
  }
  append(units, unitsByIndent(lines, start, last));
  return units;
}
