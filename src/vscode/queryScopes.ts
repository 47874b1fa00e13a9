import * as vscode from 'vscode';
import { throwIfAborted } from '../protocol/errors.ts';
import type { FilePlace, SearchFilter, SearchRequest } from '../protocol/types.ts';
import type { ViewNotice } from '../protocol/views.ts';
import { type EditorScope, parseQuery } from '../util/queryTokens.ts';
import type { Folders } from './folders.ts';
import { gitChanges } from './gitChanges.ts';
import { restrictedNotice } from './notices.ts';

/** What to ask the engine, or why there is nothing to ask and what to do about it. */
export type ScopedRequest = { readonly request: SearchRequest } | { readonly notice: ViewNotice };

const { l10n } = vscode;

/** Turns what people type, tokens among the words, into what the engine is asked. */
export class QueryScopes {
  readonly #folders: Pick<Folders, 'locate'>;

  constructor(folders: Pick<Folders, 'locate'>) {
    this.#folders = folders;
  }

  /** Takes the tokens out of the query; they and the filter of the request both hold. */
  async resolve(request: SearchRequest, signal: AbortSignal): Promise<ScopedRequest> {
    const { text, filter, scopes, tokens } = parseQuery(request.query);
    if (tokens === 0) return { request };
    if (text === '') return { notice: wordsMissingNotice() };
    const files = new Map<string, FilePlace>();
    for (const scope of scopes) {
      const uris = scope === 'open' ? openFiles() : await gitChanges(signal);
      throwIfAborted(signal);
      if (typeof uris === 'string') return { notice: uris === 'disabled' ? noGitNotice() : noRepositoryNotice() };
      for (const uri of uris) {
        const located = this.#folders.locate(uri);
        if (located !== undefined) files.set(uri.toString(), { folderId: located.folder.id, path: located.path });
      }
    }
    if (scopes.length > 0 && files.size === 0) return { notice: emptyNotice(scopes) };
    const scoped: SearchFilter = {
      ...filter,
      ...(scopes.length > 0 && { files: [...files.values()] }),
      ...(request.filter && { and: request.filter }),
    };
    return { request: { ...request, query: text, filter: scoped } };
  }
}

/** Says that a query of tokens alone lists nothing. */
export function wordsMissingNotice(): ViewNotice {
  return info(l10n.t('Scopes alone list nothing. Add words that say what the code does.'));
}

/** Files of the tabs of all editor groups, in front or not; of a comparison both sides. */
function openFiles(): vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => {
      if (input instanceof vscode.TabInputTextDiff || input instanceof vscode.TabInputNotebookDiff) {
        return [workingFile(input.original), workingFile(input.modified)];
      }
      const isFile =
        input instanceof vscode.TabInputText ||
        input instanceof vscode.TabInputNotebook ||
        input instanceof vscode.TabInputCustom;
      return isFile ? [input.uri] : [];
    });
}

/** A comparison may show a file as it is in the index or in a commit: the file on the disk is meant. */
function workingFile(uri: vscode.Uri): vscode.Uri {
  return uri.scheme === 'git' ? vscode.Uri.file(uri.fsPath) : uri;
}

function emptyNotice(scopes: readonly EditorScope[]): ViewNotice {
  if (scopes.length > 1) {
    return info(l10n.t('No file of the workspace is open in an editor, and none has changed since the last commit.'));
  }
  return scopes.includes('open')
    ? info(l10n.t('No file of the workspace is open in an editor. Open one, or take in:open out of the query.'))
    : info(
        l10n.t('No file of the workspace has changed since the last commit. Take in:changed out to search all files.'),
      );
}

function noGitNotice(): ViewNotice {
  const message = l10n.t(
    'in:changed asks the built-in Git extension, which is switched off. Enable it (setting git.enabled), or take in:changed out.',
  );
  const { action } = restrictedNotice();
  return { severity: 'warning', message, ...(!vscode.workspace.isTrusted && action && { action }) };
}

function noRepositoryNotice(): ViewNotice {
  return info(
    l10n.t(
      'in:changed needs a git repository, and none is open. Run "Git: Open Repository", or take in:changed out of the query.',
    ),
  );
}

function info(message: string): ViewNotice {
  return { severity: 'info', message };
}
