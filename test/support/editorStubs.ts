import type * as vscode from 'vscode';
import type { Ask } from '../../src/vscode/ask.ts';
import { RemotePermission } from '../../src/vscode/remotePermission.ts';
import { MemoryState } from './memoryState.ts';

/* What the editor keeps, in memory, and a user who answers as told. */

export class MemorySecrets implements vscode.SecretStorage {
  readonly #values = new Map<string, string>();

  async keys(): Promise<string[]> {
    return Promise.resolve([...this.#values.keys()]);
  }

  async get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.#values.get(key));
  }

  async store(key: string, value: string): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }

  async delete(key: string): Promise<void> {
    this.#values.delete(key);
    return Promise.resolve();
  }

  onDidChange(): vscode.Disposable {
    return { dispose: () => undefined };
  }
}

/** Answers every question with `answer` where it is offered, leaves it otherwise; keeps what was offered. */
export class Answering {
  answer: string | undefined;
  readonly offered: (readonly string[])[] = [];

  readonly ask: Ask = (_question, _detail, ...answers) => {
    this.offered.push(answers);
    return Promise.resolve(answers.find((answer) => answer === this.answer));
  };
}

/** A permission over what is kept in memory. */
export function memoryPermission(user = new Answering(), isTrusted = () => true, state = new MemoryState()) {
  return new RemotePermission({ state, isTrusted, ask: user.ask });
}
