import { parentPort, workerData } from 'node:worker_threads';
import { parentThreadPort } from '../node/workerPort.ts';
import { type SyntaxApi, type SyntaxEvents, type SyntaxThreadData, syntaxMethods } from '../protocol/syntax.ts';
import { Channel } from '../rpc/channel.ts';
import { Highlighter } from './highlighter.ts';
import { loadOniguruma } from './oniguruma.ts';

/* The thread that finds the syntax colours of snippets. */

if (parentPort === null) throw new Error('This file runs as a worker thread only.');
const { wasmPath } = workerData as SyntaxThreadData;
const channel = new Channel<Record<never, never>, SyntaxEvents>(parentThreadPort(parentPort), 'The editor');
const highlighter = new Highlighter({
  oniguruma: loadOniguruma(wasmPath),
  log: (record) => channel.emit('log', record),
});
channel.serve<SyntaxApi>(highlighter, syntaxMethods);
