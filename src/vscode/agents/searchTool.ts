import * as vscode from 'vscode';
import { toAppError } from '../../protocol/errors.ts';
import type { SearchRequest, SearchResult } from '../../protocol/types.ts';
import { indexNotes, responseNotes } from '../../util/agentNotes.ts';
import { renderForAgent, type TokenCounter } from '../../util/agentText.ts';
import { withSignal } from '../cancellation.ts';
import type { Configuration } from '../configuration.ts';
import type { EngineModel } from '../engineModel.ts';
import type { Folders } from '../folders.ts';
import type { RemotePermission } from '../remotePermission.ts';
import { fieldsOf, readSearchRequest } from '../searchInput.ts';
import type { Searches } from '../searches.ts';
import { whatIsSent } from './sending.ts';

const { l10n } = vscode;

/** As package.json declares it (contributes.languageModelTools). */
export const searchToolName = 'codeweaver_search';

/** What a language model may ask for; package.json has the same as a JSON schema. */
export type SearchToolInput = Pick<SearchRequest, 'query' | 'k' | 'mode'> &
  Pick<NonNullable<SearchRequest['filter']>, 'paths' | 'excludePaths' | 'languages' | 'kinds' | 'tests'>;

const defaultResults = 10;
/** For callers that name no budget. */
const defaultMaxTokens = 4_000;
/** Code has 3.2 characters to a token and more (cl100k_base over public code): at least as many as a tokenizer counts. */
const charactersPerToken = 3;

export interface SearchToolOptions {
  readonly searches: Searches;
  readonly folders: Folders;
  readonly configuration: Configuration;
  readonly permission: RemotePermission;
  readonly model: EngineModel;
}

/** Lets language models of the editor search the workspace. What they may send is what the user allowed for searches. */
export class SearchTool implements vscode.LanguageModelTool<SearchToolInput> {
  readonly #options: SearchToolOptions;

  constructor(options: SearchToolOptions) {
    this.#options = options;
  }

  /** Asks for a confirmation only where something leaves this computer. */
  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<SearchToolInput>): vscode.PreparedToolInvocation {
    const { configuration, permission } = this.#options;
    const { query, ...rest } = requestOf(input);
    const sent = whatIsSent(configuration.settings.engine, permission, rest);
    const invocationMessage = l10n.t('Searching the code for “{0}”', query);
    if (sent.length === 0) return { invocationMessage };
    return {
      invocationMessage,
      confirmationMessages: {
        title: l10n.t('Search the code of this workspace?'),
        message: [l10n.t('Query: {0}', query), ...sent.map(({ what }) => what)].join('\n\n'),
      },
    };
  }

  async invoke(
    { input, tokenizationOptions }: vscode.LanguageModelToolInvocationOptions<SearchToolInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const { searches, model } = this.#options;
    try {
      const response = await withSignal(token, async (signal) => searches.search(requestOf(input), signal));
      const { folders } = model.status ?? (await model.refresh());
      const { text } = await renderForAgent(response.results, {
        maxTokens: tokenizationOptions?.tokenBudget ?? defaultMaxTokens,
        countTokens: counterOf(tokenizationOptions, token),
        notes: [...indexNotes(folders), ...responseNotes(response)],
        prefixOf: this.#prefixes(),
      });
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    } catch (error) {
      const failure = toAppError(error);
      throw failure.code === 'Cancelled' ? new vscode.CancellationError() : failure;
    }
  }

  /** Paths start with the name of their folder where there are several, as everywhere in the editor. */
  #prefixes(): (result: SearchResult) => string {
    const names = this.#options.folders.shownNames;
    return ({ folderId }) => (names.has(folderId) ? `${names.get(folderId)}/` : '');
  }
}

/** Throws AppError `InvalidArgument`: models do not always keep to the schema. */
function requestOf(input: unknown): SearchRequest {
  const { paths, excludePaths, languages, kinds, tests, ...fields } = fieldsOf(input, 'The input');
  return readSearchRequest({
    ...{ query: fields['query'], mode: fields['mode'], k: fields['k'] ?? defaultResults },
    filter: { paths, excludePaths, languages, kinds, tests },
  });
}

function counterOf(
  tokenization: vscode.LanguageModelToolTokenizationOptions | undefined,
  token: vscode.CancellationToken,
): TokenCounter {
  if (tokenization === undefined) return (text) => Math.ceil(text.length / charactersPerToken);
  return (text) => tokenization.countTokens(text, token);
}
