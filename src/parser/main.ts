import { join } from 'node:path';
import { grammars, parserRuntime, type Grammar } from '../core/chunking/grammars.ts';
import type { ParserAnswer, ParserOptions, ParserRequest } from '../node/parserFrames.ts';
import { FileParser } from './fileParser.ts';

/* The parse process: parses and chunks one file at a time for the process that forked it, and ends with it. */

const { assetsDir } = JSON.parse(process.argv[2] ?? '{}') as ParserOptions;

function wasmPath({ wasm, package: packageName, path }: Grammar): string {
  if (assetsDir !== undefined) return join(assetsDir, 'grammars', wasm);
  // Run from source, where the project's own node_modules has every grammar.
  return join(import.meta.dirname, '../../node_modules', packageName, path);
}

const parser = new FileParser(wasmPath(parserRuntime), (name) => wasmPath(grammars[name]));

process.on('message', (message) => {
  const request = message as ParserRequest;
  switch (request.type) {
    case 'chunk':
      void parser.chunk(request.request, request.timeoutMs).then((file) => {
        const answer: ParserAnswer = { id: request.id, file, rssBytes: process.memoryUsage.rss() };
        process.send?.(answer);
      });
      break;
    case 'closeDocument':
      parser.closeDocument(request.documentKey);
      break;
  }
});
process.on('disconnect', () => process.exit());
