import * as vscode from 'vscode';
import type { Configuration } from './configuration.ts';
import { spentLine } from './costTexts.ts';
import { formatCount } from './formatCount.ts';
import type { EngineModel } from './engineModel.ts';
import { readTokens } from './tokenInput.ts';

const { l10n } = vscode;

/** Asks for the budget of this workspace, beside what is spent, and writes it into the settings; empty takes it away. */
export async function setBudget({ settings }: Configuration, model: Pick<EngineModel, 'status'>): Promise<void> {
  const { budgetTokens } = settings.engine.embedding;
  const spending = model.status?.spending;
  const spent = spending && spentLine(spending);
  const value = await vscode.window.showInputBox({
    title: l10n.t('Tokens that may be sent for this workspace'),
    value: budgetTokens === undefined ? '' : String(budgetTokens),
    prompt: [spent, l10n.t('Empty: no budget. 0: nothing is sent.')].filter(Boolean).join('. '),
    ignoreFocusOut: true,
    validateInput: (text) => (readTokens(text) === 'wrong' ? l10n.t('Enter a whole number of tokens.') : undefined),
  });
  const tokens = value === undefined ? 'wrong' : readTokens(value);
  if (tokens === 'wrong') return;
  const configuration = vscode.workspace.getConfiguration('codeweaver.embedding');
  const { Global, Workspace } = vscode.ConfigurationTarget;
  const target = vscode.workspace.workspaceFolders === undefined ? Global : Workspace;
  const isOverriding = target === Workspace && typeof configuration.inspect('budgetTokens')?.globalValue === 'number';
  await configuration.update('budgetTokens', tokens ?? (isOverriding ? null : undefined), target);
  void vscode.window.showInformationMessage(
    tokens === undefined
      ? l10n.t('There is no embedding budget any more.')
      : l10n.t('The embedding budget is {0} tokens.', formatCount(tokens)),
  );
}
