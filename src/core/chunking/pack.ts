import type { LineTable } from './lines.ts';
import type { Unit } from './unit.ts';

/**
 * Groups neighbouring units into runs of at most `maxTokens`, of even size, cut where the text itself has a border:
 * at a blank line, at the least indented line. Units larger than `maxTokens` must have been cut before.
 */
export function pack(lines: LineTable, units: readonly Unit[], maxTokens: number): Unit[][] {
  const groups: Unit[][] = [];
  let from = 0;
  while (from < units.length) {
    const to = endOfGroup(lines, units, from, maxTokens);
    groups.push(units.slice(from, to));
    from = to;
  }
  return groups;
}

/** Index behind the last unit of the group that starts at `from`. */
function endOfGroup(lines: LineTable, units: readonly Unit[], from: number, maxTokens: number): number {
  const start = units[from]?.first ?? 0;
  const rest = lines.tokens(start, units.at(-1)?.last ?? start);
  if (rest <= maxTokens) return units.length;
  const even = rest / Math.ceil(rest / maxTokens);
  let best = from + 1;
  let bestStrength = -Infinity;
  for (let index = from + 1; index < units.length; index++) {
    const before = units[index - 1];
    const unit = units[index];
    if (before === undefined || unit === undefined) break;
    const tokens = lines.tokens(start, before.last);
    if (tokens > maxTokens) break;
    const strength = borderStrength(lines, before, unit);
    // The farther from an even share, the stronger a border has to be.
    const worth = strength - (Math.abs(tokens - even) / even) * 6;
    if (worth >= bestStrength) {
      best = index;
      bestStrength = worth;
    }
  }
  return best;
}

/** How natural a cut between two neighbours is, 0..4. */
function borderStrength(lines: LineTable, before: Unit, after: Unit): number {
  const blank = after.first > before.last + 1 ? 2 : 0;
  const roles = (before.role === 'definition') === (after.role === 'definition') ? 0 : 0.5;
  const depth = Math.min(lines.indentOf(after.first), 24) / 24;
  return blank + roles + (1 - depth) * 1.5;
}
