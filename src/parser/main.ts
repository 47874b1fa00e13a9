import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { type Grammar, grammars, parserRuntime } from '../core/chunking/grammars.ts';
import type { ParserMessage, ParserOptions, ParserRequest } from '../node/parserFrames.ts';
import { FileParser } from './fileParser.ts';
import { GrammarSet } from './grammarSet.ts';

/* The parse process: parses and chunks one file at a time for the process that forked it, and ends with it. */

const { assetsDir } = JSON.parse(process.argv[2] ?? '{}') as ParserOptions;

// On a busy machine the editor's own threads and a search under way come before the indexing of one more file.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

function wasmPath({ wasm, package: packageName, path }: Grammar): string {
  if (assetsDir !== undefined) return join(assetsDir, 'grammars', wasm);
  // Run from source, where the project's own node_modules has every grammar.
  return join(import.meta.dirname, '../../node_modules', packageName, path);
}

function send(message: ParserMessage): void {
  process.send?.(message);
}

const parser = new FileParser(new GrammarSet(wasmPath(parserRuntime), (name) => wasmPath(grammars[name])));

async function chunk({ id, task }: Extract<ParserRequest, { type: 'chunk' }>): Promise<void> {
  const { file, isDamaged } = await parser.chunk(task);
  send({ type: 'chunked', id, file, rssBytes: process.memoryUsage.rss(), isDamaged });
}

process.on('message', (message) => {
  const request = message as ParserRequest;
  switch (request.type) {
    case 'chunk':
      // A rejection here is a defect of the chunker itself: the process ends, and the file is chunked without its grammar.
      void chunk(request);
      break;
    case 'closeDocument':
      parser.closeDocument(request.documentKey);
      break;
  }
});
process.on('disconnect', () => process.exit());
// A terminal sends Ctrl+C to every process of the command; the one that forked this one decides when it ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
send({ type: 'ready' });
