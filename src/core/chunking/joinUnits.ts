import { append } from './append.ts';
import type { LineTable } from './lines.ts';
import type { Unit } from './unit.ts';

export interface JoinOptions {
  /** A comment directly behind a definition, with nothing directly behind itself, belongs to that definition. */
  readonly trailingComments?: boolean;
}

/**
 * Makes whole-line units out of what an outline read in the lines `first..last`: every visible line is covered once,
 * units that share a line are one, comments and decorators are joined to what follows, closing brackets to what they
 * close.
 */
export function joinUnits(
  lines: LineTable,
  units: readonly Unit[],
  first: number,
  last: number,
  options: JoinOptions = {},
): Unit[] {
  const filled = fillGaps(lines, mergeShared(units), first, last);
  return joinClosers(lines, joinLeads(filled, options.trailingComments === true));
}

/** Units that share a line become one; `units` are in order of their first line. */
function mergeShared(units: readonly Unit[]): Unit[] {
  const merged: Unit[] = [];
  let group: Unit[] = [];
  let last = -1;
  const flush = (): void => {
    const [only] = group;
    if (only !== undefined) merged.push(group.length === 1 ? only : oneOf(group));
    group = [];
  };
  for (const unit of units) {
    if (unit.first > last) flush();
    group.push(unit);
    last = Math.max(last, unit.last);
  }
  flush();
  return merged;
}

function oneOf(group: readonly Unit[]): Unit {
  const first = group.reduce((least, unit) => Math.min(least, unit.first), Infinity);
  const last = group.reduce((most, unit) => Math.max(most, unit.last), 0);
  const definitions = group.filter((unit) => unit.role === 'definition');
  const main = definitions.reduce<Unit | undefined>(
    (best, unit) => (best === undefined || unit.last - unit.first > best.last - best.first ? unit : best),
    undefined,
  );
  const large = group.filter((unit) => unit.first < unit.last);
  if (main !== undefined && (large.length === 0 || large.every((unit) => unit.role === 'definition'))) {
    return {
      first,
      last,
      role: 'definition',
      ...(main.definition === undefined ? {} : { definition: main.definition }),
      ...(large.length === 0 ? {} : { expand: () => group.flatMap((unit) => unit.expand?.() ?? [unit]) }),
    };
  }
  if (large.length === 0) {
    const role = group.every((unit) => unit.role === 'comment') ? 'comment' : 'plain';
    return { first, last, role };
  }
  // Code around a definition: it is cut between them first, so that the definition comes out whole.
  const expand = (): Unit[] => group.flatMap((unit) => (unit.role === 'definition' ? [unit] : partsOf(unit)));
  return {
    first,
    last,
    role: 'plain',
    ...(main?.definition === undefined ? {} : { definition: main.definition }),
    expand,
  };
}

function partsOf(unit: Unit): Unit[] {
  if (unit.expand !== undefined) return unit.expand();
  return Array.from({ length: unit.last - unit.first + 1 }, (_, index) => plainLine(unit.first + index));
}

function plainLine(line: number): Unit {
  return { first: line, last: line, role: 'plain' };
}

function fillGaps(lines: LineTable, units: readonly Unit[], first: number, last: number): Unit[] {
  const filled: Unit[] = [];
  let line = first;
  const fill = (end: number): void => {
    for (let start = lines.nextVisible(line, end); start <= end; start = lines.nextVisible(line, end)) {
      line = start + 1;
      while (line <= end && !lines.isBlank(line)) line++;
      filled.push({ first: start, last: line - 1, role: 'plain' });
    }
    line = end + 1;
  };
  for (const unit of units) {
    // What a node has behind the end of its definition belongs to the next one.
    if (unit.first > last) break;
    const start = Math.max(unit.first, line);
    const end = Math.min(unit.last, last);
    if (start > line) fill(start - 1);
    if (end < start) continue;
    filled.push(start === unit.first && end === unit.last ? unit : { ...unit, first: start, last: end });
    line = end + 1;
  }
  if (line <= last) fill(last);
  return filled;
}

function joinLeads(units: readonly Unit[], trailingComments: boolean): Unit[] {
  const joined: Unit[] = [];
  let leads: Unit[] = [];
  const release = (): void => {
    const before = joined.at(-1);
    const end = leads.at(-1)?.last;
    if (
      trailingComments &&
      end !== undefined &&
      before?.definition !== undefined &&
      before.last + 1 === leads[0]?.first
    ) {
      joined[joined.length - 1] = extendedTo(before, end);
    } else {
      append(joined, leads.map(asPlain));
    }
    leads = [];
  };
  for (const unit of units) {
    const lead = leads.at(-1);
    if (lead?.role === 'comment' && unit.first > lead.last + 1) {
      // A blank line parts a comment from what follows; a decorator before it still belongs there.
      if (leads.every((one) => one.role === 'comment')) release();
    }
    if (unit.role === 'comment' || unit.role === 'attached') {
      leads.push(unit);
    } else {
      const first = leads[0]?.first ?? unit.first;
      joined.push(first === unit.first ? unit : extendedFrom(unit, first));
      leads = [];
    }
  }
  release();
  return joined;
}

function asPlain(unit: Unit): Unit {
  return { ...unit, role: 'plain' };
}

/** Closing brackets and words, with a comment behind them at most (`}  // namespace x`). */
const closingOnly =
  /^\s*(?:[)\]}>;,]+|end\b[\s.;)]*|fi|done|esac|<\/[\w.:-]*>)[\s)\]};,]*(?:(?:\/\/|\/\*|--|#|%).{0,80})?$/;

function joinClosers(lines: LineTable, units: readonly Unit[]): Unit[] {
  const joined: Unit[] = [];
  for (const unit of units) {
    const before = joined.at(-1);
    if (before !== undefined && unit.role === 'plain' && isClosing(lines, unit)) {
      joined[joined.length - 1] = extendedTo(before, unit.last);
    } else {
      joined.push(unit);
    }
  }
  return joined;
}

function isClosing(lines: LineTable, unit: Unit): boolean {
  if (unit.last - unit.first > 2) return false;
  for (let line = unit.first; line <= unit.last; line++) {
    if (lines.endOf(line) - lines.startOf(line) > 200 || !closingOnly.test(lines.lineText(line))) return false;
  }
  return true;
}

/** The unit with more lines at its end; what it expands to leaves them to be filled in as plain lines. */
export function extendedTo(unit: Unit, last: number): Unit {
  return { ...unit, last };
}

/** The unit with more lines before it, which stay outside of its body. */
export function extendedFrom(unit: Unit, first: number): Unit {
  return { ...unit, first, bodyFirst: unit.bodyFirst ?? unit.first };
}

/** Every visible line of `first..last` as a unit of its own. */
export function lineUnits(lines: LineTable, first: number, last: number): Unit[] {
  const units: Unit[] = [];
  for (let line = first; line <= last; line++) {
    if (!lines.isBlank(line)) units.push(plainLine(line));
  }
  return units;
}
