import type { Ansis } from 'ansis';
import type { DuplicateGroup, DuplicateMember, DuplicatesReport } from '../protocol/duplicates.ts';
import { formatCount, formatDuration, formatNumberOf } from './format.ts';
import { printable } from './terminal.ts';

/** Groups of near-duplicates for people, the most repeated lines first, with the closing line that says what was compared. */
export function renderDuplicates(report: DuplicatesReport, colours: Ansis): string {
  const { groups, found, chunks, threshold, minLines, byVectors, totalMs } = report;
  const parts = groups.map((group, position) => renderGroup(group, position + 1, colours));
  const shown = groups.length < found ? `, the first ${formatCount(groups.length)} shown` : '';
  const what = found === 0 ? 'No near-duplicates' : `${formatNumberOf(found, 'group')} of near-duplicates${shown}`;
  const rules = `${formatNumberOf(chunks, 'chunk')} of ${minLines} or more lines, at least ${percent(threshold)} alike`;
  const how = byVectors ? '' : '. Not every chunk has a vector yet: compared by their text alone where one is missing';
  return [...parts, colours.dim(`${what}; compared ${rules}, in ${formatDuration(totalMs)}${how}`)].join('\n') + '\n';
}

function renderGroup({ members, likeness, savedLines }: DuplicateGroup, rank: number, colours: Ansis): string {
  const [first] = members;
  const name = first === undefined || first.symbol === '' ? '' : `  ${colours.bold(printable(first.symbol))}`;
  const facts = `${members.length} copies, ${percent(likeness)} alike, ${formatNumberOf(savedLines, 'repeated line')}`;
  const head = `${String(rank).padStart(2)}. ${facts}${name}`;
  return [head, ...members.map((member) => renderMember(member, colours)), ''].join('\n');
}

function renderMember({ path, startLine, endLine, symbol, kind, likeness }: DuplicateMember, colours: Ansis): string {
  const place = `${colours.cyan(printable(path))}:${colours.green(`${startLine}-${endLine}`)}`;
  const name = symbol === '' ? '' : ` ${printable(symbol)}`;
  return `    ${place}  ${colours.yellow(kind)}${name}  ${colours.dim(percent(likeness))}`;
}

/** Rounded down: only what is the same is 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
