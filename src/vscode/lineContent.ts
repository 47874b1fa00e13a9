import * as vscode from 'vscode';

/** Documents that are some lines of another. */
const scheme = 'codeweaver-lines';

/** Provides documents that hold some lines of a file, so that the diff editor can compare pieces of code. */
export function registerLineContent(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async ({ query }) => {
      const { uri, startLine, endLine } = JSON.parse(query) as LineRange & { readonly uri: string };
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
      const last = document.lineAt(Math.min(endLine, document.lineCount) - 1);
      return document.getText(new vscode.Range(startLine - 1, 0, last.lineNumber, last.text.length));
    },
  });
}

/** 1-based, inclusive. */
export interface LineRange {
  readonly startLine: number;
  readonly endLine: number;
}

/** The document that holds these lines of a file; named like it, so that it has its language. */
export function linesUri(file: vscode.Uri, { startLine, endLine }: LineRange): vscode.Uri {
  return file.with({ scheme, query: JSON.stringify({ uri: file.toString(), startLine, endLine }) });
}
