import type { EngineConfig } from './config.ts';
import type { FolderSpec, Permissions } from './engineApi.ts';

/**
 * What the editor tells a server that it starts for one of its folders: to search the editor's own index, as the editor's
 * engine does. Handed over as JSON in the environment, which other users of the machine cannot read; keys have variables
 * of their own.
 */
export interface EditorSetup {
  /** The editor's index of the folder. The editor writes it, the server reads. */
  readonly folder: FolderSpec;
  /** Directory of the editor's embedding cache. */
  readonly cacheDir: string;
  readonly config: EngineConfig;
  /** What the user allowed in this workspace when the server was started. */
  readonly permissions: Permissions;
  /** What {@link grantFile} holds as long as those permissions are as they were. */
  readonly grant: string;
  /** Absolute path. Anything else in it, or no such file, takes back all permissions at once. */
  readonly grantFile: string;
}

/** Environment variable of an {@link EditorSetup}. */
export const editorSetupVariable = 'CODEWEAVER_EDITOR_SETUP';
