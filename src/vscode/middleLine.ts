import type * as vscode from 'vscode';

/**
 * The line that stands for a selection, 0-based: its middle one. A selection is one piece, so a chunk that covers more than
 * half of it has its middle line; its first line is often the end of what stands before. A selection that ends before the
 * first character of a line does not have that line.
 */
export function middleLine({ start, end }: Pick<vscode.Range, 'start' | 'end'>): number {
  const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
  return Math.floor((start.line + last) / 2);
}
