import * as vscode from 'vscode';

/** Id of the walkthrough in package.json. */
const walkthroughId = 'codeweaver.start';

/** Opens the extension's walkthrough: what it can do, step by step. VS Code shows it once by itself, after the installation. */
export async function getStarted({ id }: Pick<vscode.Extension<unknown>, 'id'>): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${id}#${walkthroughId}`, false);
}
