import assert from 'node:assert/strict';
import { estimateTokens } from '../../src/core/chunking/tokens.ts';
import { splitTerms } from '../../src/core/chunking/terms.ts';
import type { Chunk } from '../../src/core/ports.ts';

/** What holds for the chunks of any text: see `chunkText`. */
export function assertPartition(text: string, chunks: readonly Chunk[], maxTokens: number): void {
  const lines = text.split(/\r\n|\r|\n/);
  let covered = 0;
  for (const chunk of chunks) {
    const where = `chunk ${chunk.startLine}-${chunk.endLine}`;
    assert.ok(chunk.startLine > covered, `${where} starts behind line ${covered}`);
    assert.ok(chunk.endLine >= chunk.startLine && chunk.endLine <= lines.length, `${where} has lines of the text`);
    assertBlank(lines, covered + 1, chunk.startLine - 1);
    assert.equal(
      chunk.text,
      lines.slice(chunk.startLine - 1, chunk.endLine).join('\n'),
      `${where} has the text of its lines`,
    );
    assert.ok(
      isVisible(lines[chunk.startLine - 1]) && isVisible(lines[chunk.endLine - 1]),
      `${where} has no blank border`,
    );
    assert.equal(chunk.terms, splitTerms(chunk.text));
    const tokens = estimateTokens(chunk.text);
    assert.ok(tokens <= maxTokens || chunk.startLine === chunk.endLine, `${where} has ${tokens} tokens`);
    covered = chunk.endLine;
  }
  assertBlank(lines, covered + 1, lines.length);
}

function assertBlank(lines: readonly string[], first: number, last: number): void {
  for (let line = first; line <= last; line++) assert.ok(!isVisible(lines[line - 1]), `line ${line} is in no chunk`);
}

function isVisible(line: string | undefined): boolean {
  return (line ?? '').trim() !== '';
}
