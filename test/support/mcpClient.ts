import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import assert from 'node:assert/strict';
import { cliPath } from './cliRun.ts';

/** What `search` and `find_similar` answer, as far as tests ask. */
export interface FoundCode {
  readonly results: readonly { readonly path: string; readonly startLine: number; readonly code: string }[];
  readonly omitted: number;
  readonly mode: string;
  readonly notes: readonly string[];
}

export interface McpConnection {
  readonly client: Client;
  /** Of the server. */
  readonly pid: number;
  readonly stderr: () => string;
  /** Calls a tool that must succeed: its structured answer, and its text. */
  readonly call: <T = FoundCode>(tool: string, args?: Record<string, unknown>) => Promise<{ value: T; text: string }>;
  /** Calls a tool that must fail; resolves with what it says. */
  readonly failure: (tool: string, args: Record<string, unknown>) => Promise<string>;
}

export interface McpConnectOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** True: the newest revision of the protocol where the server has it; otherwise that of 2025. */
  readonly modern?: boolean;
}

/** A process to start, as editors describe it; null removes a variable of this process. */
export interface McpProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | number | null>>;
}

/** Starts the built server in a process of its own and speaks to it as agents do. */
export async function connectMcp(args: readonly string[], options: McpConnectOptions = {}): Promise<McpConnection> {
  const { env = {}, modern = false } = options;
  return connectMcpProcess({ command: process.execPath, args: [cliPath, ...args], env }, modern);
}

export async function connectMcpProcess(
  { command, args, env = {} }: McpProcess,
  modern = false,
): Promise<McpConnection> {
  const variables = Object.entries({ ...process.env, ...env }).filter(([, value]) => value !== null);
  const transport = new StdioClientTransport({
    ...{ command, args: [...args], stderr: 'pipe' },
    env: Object.fromEntries(variables.map(([name, value]) => [name, String(value)])),
  });
  let stderr = '';
  transport.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
  const client = new Client({ name: 'test', version: '1.0.0' }, modern ? { versionNegotiation: { mode: 'auto' } } : {});
  await client.connect(transport);
  const { pid } = transport;
  assert.ok(pid !== null);
  const call = async (name: string, given: Record<string, unknown> = {}) =>
    client.callTool({ name, arguments: given }) as Promise<{
      readonly isError?: boolean;
      readonly content: readonly { readonly text: string }[];
      readonly structuredContent?: unknown;
    }>;
  return {
    client,
    pid,
    stderr: () => stderr,
    call: async <T>(name: string, given?: Record<string, unknown>) => {
      const { isError, content, structuredContent } = await call(name, given);
      const text = content.map((part) => part.text).join('');
      assert.notEqual(isError, true, text);
      return { value: structuredContent as T, text };
    },
    failure: async (name, given) => {
      const { isError, content } = await call(name, given);
      assert.equal(isError, true);
      return content.map((part) => part.text).join('');
    },
  };
}
