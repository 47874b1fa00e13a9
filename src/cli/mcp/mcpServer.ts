import { McpServer, type CallToolResult, type ServerContext } from '@modelcontextprotocol/server';
import { basename } from 'node:path';
import type { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { estimateTokens } from '../../core/chunking/tokens.ts';
import { toAppError } from '../../protocol/errors.ts';
import type { SearchFilter, SearchResponse } from '../../protocol/types.ts';
import { responseNotes } from '../../util/agentNotes.ts';
import { renderForAgent } from '../../util/agentText.ts';
import { globsInFolder, pathInFolder } from './folderPath.ts';
import { folderReport } from './folderReport.ts';
import type { Answer, Question, ServedFolder } from './servedFolder.ts';
import { searchInput, searchOutput, similarInput, statusOutput } from './toolSchemas.ts';

/** One estimate in twenty is more than 7 % too low (`estimateTokens`): 10 % more keeps the budget. */
const safety = 1.1;
const countTokens = (text: string): number => Math.ceil(estimateTokens(text) * safety);

/** Nothing is written, nothing outside the folder is looked at; repeating a call does no harm. */
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const searchDescription = `Finds code in this folder by what it does: whole functions, classes and sections, best first.
Use it first when you do not know what the code is called or where it is ("where are uploads retried"), to get to know a code base, and to find everything about a topic. It understands names too (parseConfig, Session.open).
Use grep instead for an exact string, a regular expression, or when you need every occurrence.
Each result has path:startLine-endLine, kind, symbol and code. Results are candidates: read the file around the best ones before you change anything. An answer "No results." with a note may mean that the index is still being made.`;

const similarDescription = `Finds code like the code at a line: other implementations, copies, siblings that a change may concern as well.
Give a file and a line inside the function or class to compare with; results look like those of "search". Use it after "search" or after reading a file. It compares meaning, not text; use grep for exact copies.`;

const statusDescription = `Says whether the index of this folder is complete: files by state, chunks, vectors, embedding model, when it was last updated, what is being done now.
Use it when results are missing or a note said that the index is being made. You need not call it before "search": that brings the index up to date by itself.`;

/** The MCP server of one folder: three tools that only read. */
export function createMcpServer(folder: ServedFolder): McpServer {
  const name = basename(folder.folder.root);
  const server = new McpServer(
    { name: 'codeweaver', title: 'CodeWeaver Search', version: packageJson.version },
    {
      capabilities: { tools: {} },
      instructions: `Searches the code of the folder ${name} by meaning. Prefer "search" over grep while you do not know names.`,
    },
  );
  server.registerTool(
    'search',
    {
      title: 'Search code by meaning',
      description: searchDescription,
      inputSchema: searchInput,
      outputSchema: searchOutput,
      annotations,
    },
    async ({ query, k, mode, maxTokens, ...filters }, context) =>
      answered(context, async (question) => {
        const request = { query, k, ...(mode && { mode }), filter: filterOf(folder, filters) };
        const answer = await folder.answer(async (signal) => folder.engine.search(request, signal), question);
        return foundResult(answer, maxTokens);
      }),
  );
  server.registerTool(
    'find_similar',
    {
      title: 'Find similar code',
      description: similarDescription,
      inputSchema: similarInput,
      outputSchema: searchOutput,
      annotations,
    },
    async ({ path, line, k, maxTokens, ...filters }, context) =>
      answered(context, async (question) => {
        const { folderId, root } = folder.folder;
        const request = {
          folderId,
          path: await pathInFolder(root, path),
          line,
          k,
          filter: filterOf(folder, filters),
        };
        const answer = await folder.answer(async (signal) => folder.engine.findSimilar(request, signal), question);
        return foundResult(answer, maxTokens);
      }),
  );
  server.registerTool(
    'index_status',
    {
      title: 'State of the code index',
      description: statusDescription,
      outputSchema: statusOutput,
      annotations,
    },
    async (context) =>
      answered(context, async (question) => {
        const answer = await folder.answer(async (signal) => folder.status(signal), question);
        const { structured, text } = folderReport(folder, answer);
        return { content: [{ type: 'text', text }], structuredContent: structured };
      }),
  );
  return server;
}

/** What a tool answers, or why it cannot, in the words of the product and with the error's code. */
async function answered(
  context: ServerContext,
  body: (question: Question) => Promise<CallToolResult>,
): Promise<CallToolResult> {
  try {
    return await body(questionOf(context));
  } catch (error) {
    const { code, message } = toAppError(error);
    return { isError: true, content: [{ type: 'text', text: `${code}: ${message}` }], _meta: { code } };
  }
}

function questionOf({ mcpReq }: ServerContext): Question {
  const token = mcpReq._meta?.progressToken;
  let last = -1;
  return {
    signal: mcpReq.signal,
    onProgress: ({ phase, done, total }) => {
      // The protocol wants progress to rise; a new phase starts again from 0 and is told by the next answer.
      if (token === undefined || done <= last) return;
      last = done;
      const params = { progressToken: token, progress: done, ...(total > 0 && { total }), message: `${phase} files` };
      // A client that does not listen any more misses nothing.
      mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}

function filterOf(
  { folder }: ServedFolder,
  { paths, excludePaths, languages, kinds, tests }: Partial<z.infer<typeof searchInput>>,
): SearchFilter {
  return {
    folders: [folder.folderId],
    ...(paths && { paths: globsInFolder(folder.root, paths) }),
    ...(excludePaths && { excludePaths: globsInFolder(folder.root, excludePaths) }),
    ...(languages && { languages }),
    ...(kinds && { kinds }),
    ...(tests && { tests }),
  };
}

async function foundResult({ value, notes }: Answer<SearchResponse>, maxTokens: number): Promise<CallToolResult> {
  const { results, mode } = value;
  const allNotes = [...notes, ...responseNotes(value)];
  const frame = { results: [], omitted: results.length, mode, notes: allNotes };
  const jsonFrameTokens = countTokens(JSON.stringify(frame));
  const answer = await renderForAgent(results, { maxTokens, countTokens, jsonFrameTokens, notes: allNotes });
  const structured: z.infer<typeof searchOutput> = {
    results: [...answer.results],
    omitted: answer.omitted,
    mode,
    notes: allNotes,
  };
  return { content: [{ type: 'text', text: answer.text }], structuredContent: structured };
}
