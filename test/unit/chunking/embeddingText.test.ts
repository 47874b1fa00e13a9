import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chunkIdentity, embeddingText } from '../../../src/core/chunking/embeddingText.ts';

describe('embeddingText', () => {
  const chunk = { symbol: 'Server.start', kind: 'method', text: 'start() {}' } as const;

  it('says where the chunk stands before what it says', () => {
    assert.equal(embeddingText({ path: 'src/server.ts', ...chunk }), 'src/server.ts\nmethod Server.start\nstart() {}');
    assert.equal(embeddingText({ path: 'notes.txt', symbol: '', kind: 'block', text: 'Words.' }), 'notes.txt\nWords.');
  });

  it('is identified by all but the path, so that a rename costs nothing', () => {
    assert.equal(chunkIdentity(chunk), 'method Server.start\nstart() {}');
    for (const other of [
      { ...chunk, symbol: 'start' },
      { ...chunk, kind: 'function' as const },
      { ...chunk, text: 'x' },
    ]) {
      assert.notEqual(chunkIdentity(other), chunkIdentity(chunk));
    }
  });
});
