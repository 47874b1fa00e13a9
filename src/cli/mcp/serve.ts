import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { once } from 'node:events';
import type { FolderSpec } from '../../protocol/engineApi.ts';
import type { EditorSetup } from '../../protocol/editorSetup.ts';
import type { CommandContext } from '../context.ts';
import { credentialsOf } from '../options.ts';
import { openFolder, updateIndex, withEngine, withFolder, type Session } from '../session.ts';
import type { FolderLocation } from '../locations.ts';
import { EditorPermissions } from './editorIndex.ts';
import { createMcpServer } from './mcpServer.ts';
import { ServedFolder, type ServedFolderOptions } from './servedFolder.ts';

/** Serves the command line's own index of a folder, and keeps it in line with the disk. Resolves when the client has gone. */
export async function serveOwnIndex(location: FolderLocation, update: boolean, context: CommandContext): Promise<void> {
  // A bar or lines of progress belong to a person who waits.
  const quiet: CommandContext = { ...context, options: { ...context.options, progress: false } };
  await withFolder(quiet, location, !update, async (session) => {
    const { root, indexDir } = location;
    const folder: FolderSpec = { folderId: root, root, indexDir };
    const options = { engine: session.engine, folder };
    await serve(update ? { ...options, update: updating(session, quiet) } : options, quiet);
  });
}

/** Serves the index of the editor that started this process, which writes it. Resolves when the client has gone. */
export async function serveEditorIndex(setup: EditorSetup, context: CommandContext): Promise<void> {
  const { folder, cacheDir } = setup;
  await withEngine(
    context,
    async (engine) => {
      const permissions = new EditorPermissions(engine, setup, credentialsOf(context.environment.variables));
      await permissions.apply(context.signal);
      await openFolder(engine, folder, context.signal);
      await serve({ engine, folder, prepare: async (signal) => permissions.apply(signal) }, context);
    },
    cacheDir,
  );
}

/** One look for changes, as `search` has; resolves with what an agent should know. */
function updating(session: Session, context: CommandContext): (signal: AbortSignal) => Promise<readonly string[]> {
  let current = session;
  return async (signal) => {
    const outcome = await updateIndex(current, { ...context, signal }, 0);
    switch (outcome.state) {
      case 'busy':
        return ['Another process is writing this index: changes of the last moments may be missing.'];
      case 'failed':
        return [`The index could not be updated: ${outcome.error.message} This is from the stored index.`];
      case 'done':
        current = { ...current, optionsChanged: false };
        return outcome.report.error === undefined ? [] : [outcome.report.error.message];
    }
  };
}

/** Speaks the protocol on stdin and stdout until the client closes them or the process is told to stop. */
async function serve(options: Omit<ServedFolderOptions, 'signal'>, context: CommandContext): Promise<void> {
  const { stdin, stdout } = context.environment;
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const folder = new ServedFolder({ ...options, signal });
  const connection = serveStdio(() => createMcpServer(folder), {
    transport: new StdioServerTransport(stdin, stdout),
    onerror: ({ message }) => {
      if (context.options.verbose) context.terminal.note(`mcp: ${message}`);
    },
  });
  try {
    await Promise.race([once(stdin, 'close'), once(stdin, 'end'), aborted(context.signal)]);
  } finally {
    ended.abort();
    folder.dispose();
    await connection.close();
    stdin.destroy();
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
