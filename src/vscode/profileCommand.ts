import * as vscode from 'vscode';
import type { EngineApi, ProfileKind } from '../protocol/engineApi.ts';
import { profileExtensions, profileFileName } from '../util/profileFileName.ts';

export interface ProfileCommandOptions {
  readonly engine: Pick<EngineApi, 'startProfile' | 'stopProfile'>;
  /** The extension's own folder. */
  readonly storageUri: vscode.Uri;
}

const defaultSeconds = 10;
const maxSeconds = 600;
/** Files of each kind that stay. */
const keptProfiles = 5;

/**
 * Records a profile of the engine's thread, for as long as the user says or until they cancel, and opens it in VS Code's
 * own viewer.
 *
 * @param argument Seconds, 1 to 600, from a keybinding or another extension; anything else, and the user is asked.
 */
export async function recordProfileCommand(
  kind: ProfileKind,
  argument: unknown,
  { engine, storageUri }: ProfileCommandOptions,
): Promise<void> {
  const seconds = secondsOf(String(argument)) ?? (await askSeconds(kind));
  if (seconds === undefined) return;
  const directory = vscode.Uri.joinPath(storageUri, 'profiles');
  await vscode.workspace.fs.createDirectory(directory);
  const file = vscode.Uri.joinPath(directory, profileFileName(kind, new Date()));
  await engine.startProfile(kind);
  try {
    await countDown(kind, seconds);
  } finally {
    await engine.stopProfile(kind, file.fsPath);
  }
  await vscode.commands.executeCommand('vscode.open', file);
  await removeOldest(directory, kind);
}

function secondsOf(text: string): number | undefined {
  const seconds = /^\s*\d{1,3}\s*$/u.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= maxSeconds ? seconds : undefined;
}

async function askSeconds(kind: ProfileKind): Promise<number | undefined> {
  const { l10n } = vscode;
  const text = await vscode.window.showInputBox({
    title: titleOf(kind),
    prompt: l10n.t('For how many seconds? Do meanwhile what is slow or takes memory.'),
    value: String(defaultSeconds),
    validateInput: (value) =>
      secondsOf(value) === undefined ? l10n.t('A whole number from 1 to {0}.', maxSeconds) : undefined,
  });
  return text === undefined ? undefined : secondsOf(text);
}

function titleOf(kind: ProfileKind): string {
  const { l10n } = vscode;
  return kind === 'cpu'
    ? l10n.t('Recording a CPU profile of the search engine')
    : l10n.t('Recording a heap profile of the search engine');
}

/** Resolves when the time is over or the user has had enough. */
async function countDown(kind: ProfileKind, seconds: number): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: titleOf(kind), cancellable: true },
    async (progress, token) => {
      for (let left = seconds; left > 0 && !token.isCancellationRequested; left--) {
        progress.report({
          message: vscode.l10n.t('{0} s left. Cancel stops now and opens what was recorded.', left),
          ...(left < seconds && { increment: 100 / seconds }),
        });
        await aSecond(token);
      }
    },
  );
}

async function aSecond(token: vscode.CancellationToken): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      cancelling.dispose();
      resolve();
    };
    const timer = setTimeout(end, 1_000);
    const cancelling = token.onCancellationRequested(end);
  });
}

/** Names sort by time. Other windows keep theirs in the same folder and remove the same files. */
async function removeOldest(directory: vscode.Uri, kind: ProfileKind): Promise<void> {
  const entries = await vscode.workspace.fs.readDirectory(directory);
  const names = entries.map(([name]) => name).filter((name) => name.endsWith(profileExtensions[kind]));
  for (const name of names.sort().slice(0, -keptProfiles)) {
    await removeFile(vscode.Uri.joinPath(directory, name));
  }
}

/** One that is gone already is no failure. */
async function removeFile(file: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.delete(file);
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError) || error.code !== 'FileNotFound') throw error;
  }
}
