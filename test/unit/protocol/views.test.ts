import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePerformanceViewMessage, parseSearchViewMessage, viewLimits } from '../../../src/protocol/views.ts';

const search = { type: 'search', requestId: 7, query: 'retry', mode: 'hybrid', k: 20, filter: {} };
const location = { folderId: 'file:///shop', path: 'src/a.ts', startLine: 3, endLine: 9 };
const open = { type: 'open', location, beside: false, preserveFocus: true };

const input = { query: 'retry', mode: 'hybrid', paths: 'src', languages: '', filter: { paths: ['**/src'] } };

function accepts(message: object): void {
  assert.deepEqual(parseSearchViewMessage(message), message);
}

function rejects(message: unknown): void {
  assert.equal(parseSearchViewMessage(message), undefined);
}

describe('parseSearchViewMessage', () => {
  it('accepts every message of the search view', () => {
    const filter = {
      ...{ paths: ['src/**'], languages: ['go'], kinds: ['class', 'test'], folders: ['file:///shop'] },
      ...{ excludePaths: ['vendor'], excludeLanguages: ['markdown'], excludeKinds: ['block'], tests: 'exclude' },
      files: [{ folderId: 'file:///shop', path: 'src/a.ts' }],
    };
    accepts({ type: 'ready' });
    accepts(search);
    accepts({ ...search, filter });
    accepts({ type: 'cancel', requestId: 7 });
    accepts(open);
    accepts({ ...search, similarTo: { folderId: 'file:///shop', path: 'src/a.ts', line: 3 } });
    accepts({ type: 'hit', action: 'copyCode', location });
    accepts({ type: 'remember', query: 'retry' });
    accepts({ type: 'save', search: input });
    accepts({ type: 'saved', action: 'rename', id: 'x' });
    accepts({ type: 'listsShown' });
    accepts({ type: 'rendered', requestId: 7, results: 12, ms: 3.5 });
    accepts({ type: 'action', action: 'setApiKey' });
  });

  it('drops what the contract does not know', () => {
    assert.deepEqual(parseSearchViewMessage({ type: 'ready', extra: 1 }), { type: 'ready' });
    const parsed = parseSearchViewMessage({ ...open, location: { ...location, command: 'x' } });
    assert.deepEqual(parsed, open);
    assert.deepEqual(parseSearchViewMessage({ ...search, filter: { and: { paths: ['x'] } } }), search);
  });

  it('rejects what is not a message', () => {
    for (const value of [undefined, null, 1, 'ready', [], ['ready'], {}, { type: 'unknown' }, { type: 1 }])
      rejects(value);
  });

  it('rejects searches with missing, mistyped or oversized fields', () => {
    rejects({ ...search, requestId: '7' });
    rejects({ ...search, requestId: 1.5 });
    rejects({ ...search, requestId: -1 });
    rejects({ ...search, query: 5 });
    rejects({ ...search, query: 'x'.repeat(viewLimits.queryChars + 1) });
    rejects({ ...search, mode: 'psychic' });
    rejects({ ...search, k: 0 });
    rejects({ ...search, k: viewLimits.k + 1 });
    rejects({ ...search, k: Number.NaN });
    rejects({ ...search, filter: undefined });
    rejects({ ...search, filter: [] });
  });

  it('rejects filters that are not lists of short strings of the right kind', () => {
    rejects({ ...search, filter: { paths: 'src' } });
    rejects({ ...search, filter: { paths: [1] } });
    rejects({ ...search, filter: { languages: null } });
    rejects({ ...search, filter: { kinds: ['class', 'spell'] } });
    rejects({ ...search, filter: { excludeKinds: ['spell'] } });
    rejects({ ...search, filter: { tests: 'some' } });
    rejects({ ...search, filter: { files: ['src/a.ts'] } });
    rejects({ ...search, filter: { files: [{ folderId: 'file:///shop', path: '../a.ts' }] } });
    rejects({ ...search, filter: { paths: ['x'.repeat(viewLimits.filterItemChars + 1)] } });
    rejects({ ...search, filter: { paths: Array.from({ length: viewLimits.filterItems + 1 }, () => 'x') } });
  });

  it('rejects searches for code like that of no place', () => {
    const similarTo = { folderId: 'file:///shop', path: 'src/a.ts', line: 3 };
    for (const change of [{ line: 0 }, { line: 1.5 }, { path: '../a.ts' }, { folderId: 1 }])
      rejects({ ...search, similarTo: { ...similarTo, ...change } });
    rejects({ ...search, similarTo: 'src/a.ts' });
  });

  it('rejects actions that it does not know, on places and ids that are none', () => {
    rejects({ type: 'hit', action: 'delete', location });
    rejects({ type: 'hit', action: 'peek', location: { ...location, path: '/etc/passwd' } });
    rejects({ type: 'saved', action: 'delete', id: 'x' });
    rejects({ type: 'saved', action: 'pin', id: 'x'.repeat(viewLimits.idChars + 1) });
    rejects({ type: 'remember', query: 'x'.repeat(viewLimits.queryChars + 1) });
  });

  it('rejects saving what is no search', () => {
    for (const change of [
      { query: ' ' },
      { query: 1 },
      { mode: 'x' },
      { paths: undefined },
      { filter: { kinds: ['x'] } },
    ])
      rejects({ type: 'save', search: { ...input, ...change } });
    rejects({ type: 'save' });
  });

  it('rejects places outside of their folder', () => {
    const paths = [
      '',
      '/etc/passwd',
      '\\\\server\\share',
      'C:\\x',
      'c:/x',
      '../x',
      'a/../../x',
      'a\\..\\x',
      'a/..',
      'a\0b',
    ];
    for (const path of paths) rejects({ ...open, location: { ...location, path } });
    accepts({ ...open, location: { ...location, path: 'a/..b/c..ts' } });
  });

  it('rejects lines that are no range', () => {
    rejects({ ...open, location: { ...location, startLine: 0 } });
    rejects({ ...open, location: { ...location, startLine: 9, endLine: 3 } });
    rejects({ ...open, location: { ...location, endLine: Number.POSITIVE_INFINITY } });
    rejects({ ...open, beside: 'yes' });
    rejects({ ...open, preserveFocus: undefined });
  });

  it('rejects actions the host does not offer', () => {
    rejects({ type: 'action', action: 'workbench.action.terminal.new' });
    rejects({ type: 'action', action: 'constructor' });
  });

  it('rejects render times that are no duration', () => {
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, '3'])
      rejects({ type: 'rendered', requestId: 1, results: 1, ms });
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseSearchViewMessage(value)));
    const types = fc.constantFrom('search', 'cancel', 'open', 'rendered', 'action');
    const message = fc.record({
      type: types,
      location: fc.anything(),
      filter: fc.anything(),
      requestId: fc.anything(),
    });
    fc.assert(fc.property(message, (value) => void parseSearchViewMessage(value)));
  });
});

describe('parsePerformanceViewMessage', () => {
  const report = { type: 'export', format: 'markdown', to: 'clipboard', text: '# Performance' };

  it('accepts every message of the performance panel', () => {
    for (const message of [{ type: 'ready' }, report, { type: 'action', action: 'showLog' }]) {
      assert.deepEqual(parsePerformanceViewMessage(message), message);
    }
  });

  it('rejects unknown formats, targets, oversized texts and messages of the other page', () => {
    const wrong = [
      { ...report, format: 'exe' },
      { ...report, to: '/etc/passwd' },
      { ...report, text: 1 },
      { ...report, text: 'x'.repeat(viewLimits.exportChars + 1) },
      search,
      open,
      null,
    ];
    for (const message of wrong) assert.equal(parsePerformanceViewMessage(message), undefined);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parsePerformanceViewMessage(value)));
  });
});
