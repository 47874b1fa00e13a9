import { readFile } from 'node:fs/promises';
import type { Credentials } from '../../protocol/engineApi.ts';
import { type EditorSetup, editorSetupVariable } from '../../protocol/editorSetup.ts';
import { AppError } from '../../protocol/errors.ts';
import type { CliEngine } from '../environment.ts';

/** What the editor that started this process said; undefined when none did. Throws AppError `InvalidArgument` for anything unreadable. */
export function readEditorSetup(variables: Readonly<Record<string, string | undefined>>): EditorSetup | undefined {
  const text = variables[editorSetupVariable];
  if (text === undefined || text === '') return undefined;
  let setup: Partial<EditorSetup> | null;
  try {
    setup = JSON.parse(text) as Partial<EditorSetup> | null;
  } catch (error) {
    throw unreadable(error);
  }
  const { folder, cacheDir, config, permissions, grant, grantFile } = setup ?? {};
  if (!folder || !config || !permissions || !cacheDir || !grant || !grantFile) throw unreadable();
  return { folder: { ...folder, readOnly: true }, cacheDir, config, permissions, grant, grantFile };
}

function unreadable(cause?: unknown): AppError {
  return new AppError('InvalidArgument', `${editorSetupVariable} is for the editor alone: unset it.`, { cause });
}

/** Said when the user has changed settings or permissions since the server was started. */
const takenBack =
  'The settings or permissions of the editor have changed: nothing is sent to a provider or reranker until this server is started again.';

/** Keeps an engine to what the user allows in the editor at this moment. */
export class EditorPermissions {
  readonly #engine: CliEngine;
  readonly #setup: EditorSetup;
  readonly #credentials: Credentials;
  /** What the engine was told last; undefined: nothing yet. */
  #granted: boolean | undefined;

  constructor(engine: CliEngine, setup: EditorSetup, credentials: Credentials) {
    this.#engine = engine;
    this.#setup = setup;
    this.#credentials = credentials;
  }

  /** To be called before each question: configures the engine where the permissions have changed. Resolves with what is to be said. */
  async apply(signal: AbortSignal): Promise<readonly string[]> {
    const { config, permissions, grant, grantFile } = this.#setup;
    const isNeeded = permissions.remoteProvider || permissions.reranker === true;
    const granted = isNeeded && (await contentOf(grantFile)) === grant;
    if (granted !== this.#granted) {
      await this.#engine.configure(
        config,
        granted ? this.#credentials : {},
        granted ? { ...permissions, probe: false } : { remoteProvider: false, reranker: false },
        signal,
      );
      this.#granted = granted;
    }
    return isNeeded && !granted ? [takenBack] : [];
  }
}

/** Undefined when the file cannot be read, whatever the reason: what cannot be seen does not permit anything. */
async function contentOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
