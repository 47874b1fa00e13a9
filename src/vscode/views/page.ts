import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the bundler puts the pages' scripts and style sheets. */
function pagesFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
}

export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [pagesFolder(extensionUri)] };
}

/**
 * The document of a page: its own script by nonce, its own style sheet, and nothing else at all.
 *
 * @param title Localised; screen readers name the document by it. Trusted: it is not escaped.
 */
export function pageHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  name: 'search' | 'performance',
  title: string,
): string {
  const nonce = randomBytes(24).toString('base64url');
  const resource = (file: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(pagesFolder(extensionUri), file)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="stylesheet" href="${resource(`${name}.css`)}">
</head>
<body><script nonce="${nonce}" src="${resource(`${name}.js`)}"></script></body>
</html>`;
}

/** A dictionary of texts in the user's language; placeholders stay for the page to fill. */
export function localise<K extends string>(english: Readonly<Record<K, string>>): Record<K, string> {
  const entries = Object.entries<string>(english).map(([key, text]) => [key, vscode.l10n.t(text)]);
  return Object.fromEntries(entries) as Record<K, string>;
}
