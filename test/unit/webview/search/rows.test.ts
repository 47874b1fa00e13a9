import assert from 'node:assert/strict';
import type { SearchResult } from '../../../../src/protocol/types.ts';
import { rowsOf } from '../../../../webview/search/rows.ts';
import type { Row, RowOptions } from '../../../../webview/search/rows.ts';
import { searchResult } from '../../../support/searchPage.ts';

const plain: RowOptions = { grouped: false, toggled: new Set(), folderNames: new Map() };

function names(rows: readonly Row[]): string[] {
  return rows.map((row) => (row.type === 'file' ? row.path : row.result.symbol));
}

function keyOf(rows: readonly Row[], index: number): string {
  return rows[index]?.key ?? assert.fail(`There is no row ${index}.`);
}

describe('rows of a result list', () => {
  const ranked: readonly SearchResult[] = [
    searchResult(1, { path: 'b.ts' }),
    searchResult(2, { path: 'a.ts' }),
    searchResult(3, { path: 'b.ts' }),
  ];

  it('are the results by rank when they are not grouped', () => {
    const rows = rowsOf(ranked, plain);
    assert.deepEqual(names(rows), ['symbol1', 'symbol2', 'symbol3']);
    assert.deepEqual(rows[1]?.position, { level: 1, index: 2, size: 3 });
  });

  it('are files by their best result, each with its results by rank', () => {
    const rows = rowsOf(ranked, { ...plain, grouped: true });
    assert.deepEqual(names(rows), ['b.ts', 'symbol1', 'symbol3', 'a.ts', 'symbol2']);
    assert.deepEqual(rows[2]?.position, { level: 2, index: 2, size: 2 });
    assert.deepEqual(rows[3]?.position, { level: 1, index: 2, size: 2 });
  });

  it('leave out the results of a folded file and say so', () => {
    const key = keyOf(rowsOf(ranked, { ...plain, grouped: true }), 0);
    const rows = rowsOf(ranked, { ...plain, grouped: true, toggled: new Set([key]) });
    assert.deepEqual(names(rows), ['b.ts', 'a.ts', 'symbol2']);
    assert.deepEqual(
      rows.map(({ expanded }) => expanded),
      [false, true, false],
    );
  });

  it('keep their keys when results are ranked anew or grouped', () => {
    const keys = new Set(rowsOf(ranked, plain).map(({ key }) => key));
    const regrouped = rowsOf([...ranked].reverse(), { ...plain, grouped: true });
    const kept = regrouped.filter(({ key }) => keys.has(key));
    assert.deepEqual(names(kept), ['symbol3', 'symbol1', 'symbol2']);
  });

  it('tell apart the same path and chunk in different workspace folders', () => {
    const twins = ['file:///a', 'file:///b'].map((folderId) => searchResult(1, { folderId }));
    const folderNames = new Map([
      ['file:///a', 'first'],
      ['file:///b', 'second'],
    ]);
    const rows = rowsOf(twins, { ...plain, grouped: true, folderNames });
    assert.equal(new Set(rows.map(({ key }) => key)).size, 4);
    assert.deepEqual(
      rows.map(({ folder }) => folder),
      ['first', 'first', 'second', 'second'],
    );
  });

  it('show a result that was delivered twice once', () => {
    assert.deepEqual(names(rowsOf([...ranked, ...ranked], plain)), ['symbol1', 'symbol2', 'symbol3']);
  });
});
