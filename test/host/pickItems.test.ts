import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SearchResult } from '../../src/protocol/types.ts';
import { resultItem, tellingLine } from '../../src/vscode/pickItems.ts';

const result: SearchResult = {
  chunkId: 1,
  folderId: 'f',
  path: 'src/retry.ts',
  startLine: 10,
  endLine: 12,
  symbol: 'Retry.delay',
  kind: 'method',
  language: 'typescript',
  score: 0.5,
  sources: {},
  snippet: 'delay() {}',
  unsaved: false,
};

describe('items of the quick pick', () => {
  it('show symbol, place and line, with the icon of the kind', () => {
    const { label, description, detail, alwaysShow } = resultItem(result, 'delay', undefined, []);
    assert.deepEqual([label, description, detail], ['$(symbol-method) Retry.delay', 'src/retry.ts:10', 'delay() {}']);
    assert.equal(alwaysShow, true);
  });

  it('show the file where there is no symbol, the folder where there are several, and that text is unsaved', () => {
    const { label, description } = resultItem({ ...result, symbol: '', unsaved: true }, '', 'server', []);
    assert.match(label, /retry\.ts$/);
    assert.equal(description, 'server • src/retry.ts:10 (unsaved)');
  });

  it('show what looks like an icon in code as it is written', () => {
    const { detail } = resultItem({ ...result, snippet: 'echo $(date) $(pwd -P)' }, '', undefined, []);
    assert.equal(detail, 'echo \\$(date) $(pwd -P)');
  });

  it('show the end of a long name', () => {
    const { label } = resultItem({ ...result, symbol: `${'Outer.'.repeat(30)}inner` }, '', undefined, []);
    assert.match(label, /^\$\(symbol-method\) ….*Outer\.inner$/);
    assert.ok(label.length < 80);
  });

  it('show the line with a word of the query, else the first that says anything', () => {
    const snippet = '/**\n * Waits.\n */\nasync function pause() {\n  await sleep(delayMs);\n}';
    assert.equal(tellingLine(snippet, 'delay of the retry'), 'await sleep(delayMs);');
    assert.equal(tellingLine(snippet, 'unrelated'), '* Waits.');
    assert.equal(tellingLine('', 'query'), '');
  });
});
