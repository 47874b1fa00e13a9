import * as vscode from 'vscode';

/** A question that needs an answer before anything goes on. Resolves with the answer, undefined when it is left. */
export type Ask = (question: string, detail: string, ...answers: readonly string[]) => PromiseLike<string | undefined>;

/** In the middle of the window. */
export const askModally: Ask = (question, detail, ...answers) =>
  vscode.window.showInformationMessage(question, { modal: true, detail }, ...answers);
