import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SearchResponse } from '../../src/protocol/types.ts';
import { McpServers } from '../../src/vscode/agents/mcpServers.ts';
import { SearchTool } from '../../src/vscode/agents/searchTool.ts';
import { OutputLog } from '../../src/vscode/outputLog.ts';
import { type CodeWeaverApi, createPublicApi } from '../../src/vscode/publicApi.ts';
import { createServices, type Services } from '../../src/vscode/services.ts';
import { Answering, MemorySecrets, memoryPermission } from './editorStubs.ts';
import { MemoryState } from './memoryState.ts';
import { extension } from './extensionHost.ts';

/**
 * The services of the extension a second time in the same editor, with state, keys and indexes of the test's own: what the
 * user is asked in dialogs is answered by the test.
 */
export class OwnServices {
  readonly services: Services;
  readonly secrets = new MemorySecrets();
  readonly tool: SearchTool;
  readonly api: CodeWeaverApi;
  readonly mcp: McpServers;
  /** False: as in Restricted Mode, for MCP servers. */
  isTrusted = true;
  readonly #state = new MemoryState();
  /** Is there as long as servers may send. */
  readonly grantFile: string;
  readonly #directory: string;
  readonly #disposables: vscode.Disposable[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
    this.grantFile = join(directory, 'workspace/mcp-grant');
    const { extensionUri } = extension();
    const context = {
      ...{ extensionUri, secrets: this.secrets, workspaceState: this.#state },
      globalStorageUri: vscode.Uri.file(join(directory, 'global')),
    };
    const own = <T extends vscode.Disposable>(disposable: T): T => {
      this.#disposables.push(disposable);
      return disposable;
    };
    // Never disposed of: the editor gives the same channel to all who ask for one of this name.
    const log = new OutputLog();
    this.services = createServices(context as unknown as vscode.ExtensionContext, log, own);
    this.tool = new SearchTool(this.services);
    const onDidChangeIndex = own(new vscode.EventEmitter<void>()).event;
    this.api = createPublicApi({ ...this.services, activationMs: 0, onDidChangeIndex });
    this.mcp = own(
      new McpServers({
        ...this.services,
        permission: memoryPermission(new Answering(), () => this.isTrusted, this.#state),
        cliPath: vscode.Uri.joinPath(extensionUri, 'dist/cli.js').fsPath,
        version: '1.0.0',
        cacheDir: context.globalStorageUri.fsPath,
        grantFile: this.grantFile,
      }),
    );
  }

  static async create(): Promise<OwnServices> {
    return new OwnServices(await mkdtemp(join(tmpdir(), 'codeweaver-services-')));
  }

  /** As if the user had said yes to both questions, or had never been asked. */
  async allow(allowed: boolean): Promise<void> {
    const { configuration } = this.services;
    const user = new Answering();
    const permission = memoryPermission(user, () => true, this.#state);
    const { embedding, rerank } = configuration.settings.engine;
    if (allowed) {
      await permission.grant(embedding);
      user.answer = 'Send and rerank';
      await permission.requestReranking(rerank);
    } else {
      this.#state.values.clear();
    }
    await configuration.applyNow();
  }

  /** By the language-model tool, as a model calls it. */
  async askTool(query: string): Promise<string> {
    const { token } = new vscode.CancellationTokenSource();
    const { content } = await this.tool.invoke({ input: { query }, toolInvocationToken: undefined }, token);
    return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
  }

  async askApi(query: string): Promise<SearchResponse> {
    return this.api.search({ query });
  }

  async dispose(): Promise<void> {
    for (const disposable of this.#disposables.reverse()) disposable.dispose();
    await this.services.engine.close();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
