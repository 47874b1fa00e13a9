import * as vscode from 'vscode';
import { toAppError } from '../protocol/errors.ts';
import type { ViewNotice } from '../protocol/views.ts';
import { runAction } from './commands.ts';
import { noticeOf } from './notices.ts';
import type { OutputLog } from './outputLog.ts';

/** Tells the user what a command failed with, and offers what helps. A cancelled command is no failure. */
export function sayError(error: unknown, log: OutputLog): void {
  const failure = toAppError(error);
  if (failure.code === 'Cancelled') return;
  log.error('A command failed', failure);
  sayNotice(noticeOf(failure));
}

/** Shows a notice as a message of the editor, its action as a button. */
export function sayNotice({ severity, message, action }: ViewNotice): void {
  const labels = action === undefined ? [] : [action.label];
  void showMessage(severity, message, labels).then((choice) => {
    if (choice !== undefined && action !== undefined) runAction(action.id);
  });
}

function showMessage(
  severity: ViewNotice['severity'],
  message: string,
  labels: readonly string[],
): Thenable<string | undefined> {
  switch (severity) {
    case 'info':
      return vscode.window.showInformationMessage(message, ...labels);
    case 'warning':
      return vscode.window.showWarningMessage(message, ...labels);
    case 'error':
      return vscode.window.showErrorMessage(message, ...labels);
  }
}
