import assert from 'node:assert/strict';
import { Engine, type EngineOptions } from '../../src/core/engine.ts';
import type { Clock } from '../../src/core/ports.ts';
import { defaultConfig, type EngineConfig } from '../../src/protocol/config.ts';
import { AppError, type ErrorCode } from '../../src/protocol/errors.ts';
import type { FolderStatus, SearchRequest } from '../../src/protocol/types.ts';
import { startEmbeddingServer, type EmbeddingServer } from './embeddingServer.ts';
import { createTestPlatform } from './platform.ts';
import { Workspace } from './workspace.ts';

export const folderId = 'folder';

/** The folder every engine test starts from. */
export const files = {
  'src/upload.ts': `export async function retryUpload(file: File): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await sendFile(file)) return;
    await waitBeforeNextAttempt(attempt);
  }
  throw new Error('The upload failed after five attempts.');
}
`,
  'src/session.py': `class SessionStore:
    """Keeps the sessions of signed-in users."""

    def expire_sessions(self, now):
        for key in [k for k, s in self.sessions.items() if s.deadline < now]:
            del self.sessions[key]

    def open_session(self, user, deadline):
        self.sessions[user.id] = Session(user, deadline)
`,
  'README.md': '# Sample\n\nUploads files and keeps sessions.\n',
};

/** One engine on one small folder, with an embedding server when a test asks for it. */
export class EngineFixture {
  readonly workspace: Workspace;
  engine: Engine;
  server: EmbeddingServer | undefined;

  private constructor(workspace: Workspace, engine: Engine) {
    this.workspace = workspace;
    this.engine = engine;
  }

  static async create(): Promise<EngineFixture> {
    const workspace = await Workspace.create(files);
    return new EngineFixture(workspace, await openEngine(workspace));
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.server?.close();
  }

  /** Another engine on the same folder, as a second window has. */
  async open(config?: EngineConfig, trusted?: boolean): Promise<Engine> {
    return openEngine(this.workspace, config, trusted);
  }

  async reopen(config?: EngineConfig, trusted?: boolean): Promise<void> {
    await this.engine.close();
    this.engine = await this.open(config, trusted);
  }

  /** The same with time of the test's and other options. */
  async reopenAt(clock: Clock, options: Omit<EngineOptions, 'cacheDir'>, config?: EngineConfig): Promise<void> {
    await this.engine.close();
    this.engine = await openEngine(this.workspace, config, true, { clock, ...options });
  }

  async remoteConfig(model = 'test-model'): Promise<EngineConfig> {
    this.server ??= await startEmbeddingServer({ dimensions: 64 });
    const { url: baseUrl } = this.server;
    return {
      ...defaultConfig,
      embedding: { ...defaultConfig.embedding, provider: 'openai', baseUrl, model, maxRetries: 1 },
    };
  }

  /** Requests the server has had so far. */
  get requests(): number {
    return this.server?.requests.length ?? 0;
  }

  async found(query: string, request: Partial<SearchRequest> = {}): Promise<string[]> {
    const { results } = await this.engine.search({ query, ...request });
    return results.map(({ path, symbol }) => (symbol === '' ? path : `${path}#${symbol}`));
  }

  async folderStatus(): Promise<FolderStatus> {
    const [folder] = (await this.engine.status()).folders;
    assert(folder);
    return folder;
  }
}

export async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof AppError && error.code === code);
}

async function openEngine(
  workspace: Workspace,
  config = defaultConfig,
  trusted = true,
  { clock, ...options }: { readonly clock?: Clock } & Omit<EngineOptions, 'cacheDir'> = {},
): Promise<Engine> {
  const platform = createTestPlatform();
  const engine = new Engine(clock === undefined ? platform : { ...platform, clock }, {
    ...options,
    cacheDir: workspace.cacheDir,
  });
  await engine.configure(config, { apiKey: 'test-key' }, { remoteProvider: trusted });
  await engine.openFolder({ folderId, root: workspace.root, indexDir: workspace.indexDir });
  return engine;
}
