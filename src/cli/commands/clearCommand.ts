import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { locateFolder } from '../locations.ts';
import { forget, readRemembered } from '../remembered.ts';
import { withFolder } from '../session.ts';

/** `codeweaver clear <folder>`: removes the index, not the embedding cache (indexing again costs no requests). */
export async function clearCommand(folder: string, context: CommandContext): Promise<ExitCode> {
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  if ((await readRemembered(location.indexDir)) === undefined) {
    context.terminal.note(`${location.root} has no index: nothing to clear.`);
    return exitCodes.ok;
  }
  await withFolder(context, location, false, async ({ engine }) => {
    await engine.clear(location.root, context.signal);
    await forget(location.indexDir);
  });
  context.terminal.note(`Cleared the index of ${location.root}. The embedding cache is kept.`);
  return exitCodes.ok;
}
