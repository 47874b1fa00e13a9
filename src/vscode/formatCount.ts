import * as vscode from 'vscode';

/** A number as the user's language writes it. */
export function formatCount(count: number): string {
  return new Intl.NumberFormat(vscode.env.language).format(count);
}
