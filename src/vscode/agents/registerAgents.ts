import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { McpServers } from './mcpServers.ts';
import { SearchTool, searchToolName } from './searchTool.ts';

/** As package.json declares it (contributes.mcpServerDefinitionProviders). */
const mcpProviderId = 'codeweaver';

/** Offers the index to the editor's language models and to MCP clients, where the editor has them. */
export function registerAgents(context: vscode.ExtensionContext, services: Services): vscode.Disposable {
  // Forks of the editor leave parts of it out.
  const lm = vscode.lm as Partial<typeof vscode.lm> | undefined;
  const disposables: vscode.Disposable[] = [];
  if (lm?.registerTool !== undefined) disposables.push(lm.registerTool(searchToolName, new SearchTool(services)));
  if (lm?.registerMcpServerDefinitionProvider !== undefined) {
    const servers = new McpServers({
      ...services,
      cliPath: context.asAbsolutePath('dist/cli.js'),
      version: String((context.extension.packageJSON as { version: unknown }).version),
      cacheDir: context.globalStorageUri.fsPath,
      grantFile: context.storageUri && join(context.storageUri.fsPath, 'mcp-grant'),
    });
    disposables.push(servers, lm.registerMcpServerDefinitionProvider(mcpProviderId, servers));
  }
  return vscode.Disposable.from(...disposables);
}
