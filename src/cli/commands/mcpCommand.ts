import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { locateFolder } from '../locations.ts';
import { readEditorSetup } from '../mcp/editorIndex.ts';

export interface McpOptions {
  /** False: the stored index is searched as it is. */
  readonly update: boolean;
}

/** `codeweaver mcp <folder>`: a server of the Model Context Protocol on stdin and stdout. That its client goes is no failure. */
export async function mcpCommand(folder: string, { update }: McpOptions, context: CommandContext): Promise<ExitCode> {
  // Loaded by this command alone: the protocol's library is as large as the rest of the command line.
  const { serveEditorIndex, serveOwnIndex } = await import('../mcp/serve.ts');
  const setup = readEditorSetup(context.environment.variables);
  if (setup !== undefined) {
    await serveEditorIndex(setup, context);
  } else {
    const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
    await serveOwnIndex(location, update, context);
  }
  return exitCodes.ok;
}
