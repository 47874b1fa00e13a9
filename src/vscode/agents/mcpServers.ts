import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Credentials, Permissions } from '../../protocol/engineApi.ts';
import { type EditorSetup, editorSetupVariable } from '../../protocol/editorSetup.ts';
import type { EngineConfig } from '../../protocol/config.ts';
import type { ApiKeys } from '../apiKeys.ts';
import type { Configuration } from '../configuration.ts';
import type { Folders, OpenFolder } from '../folders.ts';
import type { RemotePermission } from '../remotePermission.ts';

export interface McpServersOptions {
  readonly folders: Folders;
  readonly configuration: Configuration;
  readonly keys: ApiKeys;
  readonly permission: RemotePermission;
  /** The command line as it ships. */
  readonly cliPath: string;
  /** Of the extension. */
  readonly version: string;
  /** Directory of the embedding cache. */
  readonly cacheDir: string;
  /** A file of this workspace; undefined: no place for one, so nothing is allowed to servers. */
  readonly grantFile: string | undefined;
  /** Resolves when the engine has its configuration and folders: it writes the indexes that servers read. */
  readonly start: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** What a server may send, and with what. */
interface Grant {
  readonly permissions: Permissions;
  readonly credentials: Credentials;
  /** Changes with all of that; tells nothing of a key. */
  readonly digest: string;
}

/**
 * Offers the editor one MCP server per folder, which searches the editor's own index. A server may send what the user
 * allowed in this workspace when it was started, as long as {@link McpServersOptions.grantFile} says that this still holds.
 */
export class McpServers implements vscode.McpServerDefinitionProvider<vscode.McpStdioServerDefinition> {
  readonly #options: McpServersOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: readonly vscode.Disposable[];
  /** Writes of the file, one after another. */
  #writing: Promise<void> = Promise.resolve();

  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  constructor(options: McpServersOptions) {
    this.#options = options;
    this.#subscriptions = [
      this.#changed,
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#changed.fire()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
      // After settings, keys and permissions alike.
      options.configuration.onDidChange(() => {
        this.#changed.fire();
        // Also where none was started: an earlier window may have left something.
        this.#renewGrant().catch(options.onError);
      }),
    ];
  }

  /** Without the window that started it a server sends nothing, should it go on. */
  dispose(): void {
    const { grantFile } = this.#options;
    if (grantFile !== undefined) rmSync(grantFile, { force: true });
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** None in Restricted Mode. Asks for nothing and starts nothing. */
  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    const { folders, permission, cliPath } = this.#options;
    if (!permission.isTrusted) return [];
    const { all } = folders;
    return all.map(
      ({ name, uri }) =>
        new vscode.McpStdioServerDefinition(
          all.length === 1 ? 'CodeWeaver Search' : `CodeWeaver Search (${name})`,
          process.execPath,
          [cliPath, 'mcp', uri.fsPath],
          // The editor's program as plain Node. Keys of the environment are for other programs.
          {
            ELECTRON_RUN_AS_NODE: '1',
            OPENAI_API_KEY: null,
            CODEWEAVER_API_KEY: null,
            CODEWEAVER_RERANK_API_KEY: null,
          },
          this.#version,
        ),
    );
  }

  /** What the server needs besides, when it is about to be started; undefined: it must not be. */
  async resolveMcpServerDefinition(
    server: vscode.McpStdioServerDefinition,
  ): Promise<vscode.McpStdioServerDefinition | undefined> {
    const { folders, permission, start } = this.#options;
    const folder = folders.all.find(({ uri }) => server.args.includes(uri.fsPath));
    if (folder === undefined || !permission.isTrusted) return undefined;
    await start();
    const grant = await this.#renewGrant();
    const { apiKey, rerankApiKey } = grant.credentials;
    server.env = {
      ...server.env,
      [editorSetupVariable]: JSON.stringify(this.#setupOf(folder, grant)),
      ...(apiKey !== undefined && { CODEWEAVER_API_KEY: apiKey }),
      ...(rerankApiKey !== undefined && { CODEWEAVER_RERANK_API_KEY: rerankApiKey }),
    };
    return server;
  }

  /** Of a server: another one when it has to be started anew to do as the settings say. */
  get #version(): string {
    const { configuration, permission, version } = this.#options;
    const { engine } = configuration.settings;
    const state = [engine, permission.isGranted(engine.embedding), permission.isRerankingGranted(engine.rerank)];
    return `${version}+${digestOf(state).slice(0, 8)}`;
  }

  #setupOf(folder: OpenFolder, { permissions, digest }: Grant): EditorSetup {
    const { folders, configuration, cacheDir, grantFile } = this.#options;
    return {
      folder: { ...folders.specOf(folder), readOnly: true },
      cacheDir,
      config: withoutSecrets(configuration.settings.engine, permissions),
      permissions,
      grant: digest,
      grantFile: grantFile ?? '-',
    };
  }

  /** Writes down what holds now; servers that were started with anything else send nothing any more. */
  async #renewGrant(): Promise<Grant> {
    const grant = await this.#currentGrant();
    const { grantFile } = this.#options;
    if (grantFile !== undefined) {
      const { permissions, digest } = grant;
      const writing = this.#writing.then(async () => {
        if (permissions.remoteProvider || permissions.reranker === true) {
          await mkdir(dirname(grantFile), { recursive: true });
          await writeFile(grantFile, digest, { mode: 0o600 });
        } else {
          await rm(grantFile, { force: true });
        }
      });
      this.#writing = writing.catch(() => undefined);
      await writing;
    }
    return grant;
  }

  async #currentGrant(): Promise<Grant> {
    const { configuration, keys, permission, grantFile } = this.#options;
    const { embedding, rerank } = configuration.settings.engine;
    const canGrant = grantFile !== undefined;
    const remoteProvider = canGrant && permission.isNeeded(embedding) && permission.isGranted(embedding);
    const reranker = canGrant && rerank.enabled && permission.isRerankingGranted(rerank);
    const apiKey = remoteProvider ? await keys.get(embedding.baseUrl) : undefined;
    const rerankApiKey = reranker ? await keys.get(rerank.baseUrl) : undefined;
    const permissions = { remoteProvider, reranker };
    return {
      permissions,
      credentials: {
        ...(apiKey === undefined ? {} : { apiKey }),
        ...(rerankApiKey === undefined ? {} : { rerankApiKey }),
      },
      digest: digestOf([embedding, rerank, permissions, apiKey, rerankApiKey]),
    };
  }
}

/** Headers and the organization are for the endpoint alone: they stay here unless it may be asked. */
function withoutSecrets(config: EngineConfig, { remoteProvider }: Permissions): EngineConfig {
  if (remoteProvider) return config;
  const embedding = { ...config.embedding, headers: {} };
  delete embedding.organization;
  return { ...config, embedding };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
