/*
 * A parse process that misbehaves on demand: it answers in the real one's frames, and does what the text says.
 * `crash`, `hang`, `damaged`, `grow` and `slow` are done with the grammar; `crash always` without it as well.
 * An argument `--refuse-flags` in the environment's SCRIPTED_PARSER makes it end at once when it was given flags.
 */
import type { ParserMessage, ParserRequest } from '../../src/node/parserFrames.ts';

const mode = process.env['SCRIPTED_PARSER'] ?? '';
if (mode === 'never starts') process.exit(7);
if (mode === 'refuses flags' && process.execArgv.length > 0) process.exit(9);

const send = (message: ParserMessage): void => void process.send?.(message);
let rssBytes = 50_000_000;

process.on('message', (message) => {
  const request = message as ParserRequest;
  if (request.type !== 'chunk') return;
  const { id, task } = request;
  const { text } = task.request;
  const withGrammar = task.withoutGrammar === undefined;
  if (text.startsWith('crash always') || (withGrammar && text.startsWith('crash'))) process.exit(42);
  if (withGrammar && text.startsWith('hang')) for (;;);
  if (text.startsWith('grow')) rssBytes = 900_000_000;
  const answer = (): void => {
    const terms = `pid${process.pid} document${task.request.documentKey ?? ''}`;
    send({
      type: 'chunked',
      id,
      file: {
        chunks: [{ startLine: 1, endLine: 1, symbol: '', kind: 'block', text, terms }],
        method: withGrammar ? 'grammar' : 'fallback',
        ...(task.withoutGrammar === undefined ? {} : { fallbackReason: task.withoutGrammar }),
        parseMs: 1,
        chunkMs: 1,
      },
      rssBytes,
      isDamaged: withGrammar && text.startsWith('damaged'),
    });
  };
  if (text.startsWith('slow')) setTimeout(answer, 200);
  else answer();
});
process.on('disconnect', () => process.exit());
send({ type: 'ready' });
