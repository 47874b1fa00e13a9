import type * as vscode from 'vscode';

const prefix = 'codeweaver.apiKey:';

/**
 * API keys in VS Code's SecretStorage, one per endpoint: a workspace that names another endpoint does not get the key of
 * this one.
 */
export class ApiKeys {
  readonly #secrets: vscode.SecretStorage;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  async get(endpoint: string): Promise<string | undefined> {
    return this.#secrets.get(prefix + endpoint);
  }

  async set(endpoint: string, key: string): Promise<void> {
    await this.#secrets.store(prefix + endpoint, key);
  }

  async clear(endpoint: string): Promise<void> {
    await this.#secrets.delete(prefix + endpoint);
  }

  /** Calls `listener` when a key was set or cleared, in this window or another one. */
  onDidChange(listener: () => void): vscode.Disposable {
    return this.#secrets.onDidChange(({ key }) => {
      if (key.startsWith(prefix)) listener();
    });
  }
}
