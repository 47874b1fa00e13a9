import * as vscode from 'vscode';
import { toAppError } from '../protocol/errors.ts';
import { runAction } from './commands.ts';
import { noticeOf } from './notices.ts';
import type { OutputLog } from './outputLog.ts';

/** Tells the user what a command failed with, and offers what helps. A cancelled command is no failure. */
export function sayError(error: unknown, log: OutputLog): void {
  const failure = toAppError(error);
  if (failure.code === 'Cancelled') return;
  log.error('A command failed', failure);
  const { severity, message, action } = noticeOf(failure);
  const labels = action === undefined ? [] : [action.label];
  const show = severity === 'error' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  void show(message, ...labels).then((choice) => {
    if (choice !== undefined && action !== undefined) runAction(action.id);
  });
}
