import assert from 'node:assert/strict';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { parseSearchViewMessage } from '../../../../src/protocol/views.ts';
import {
  activeFilters,
  filterOf,
  initialUiState,
  parseUiState,
  withoutFilters,
} from '../../../../webview/search/uiState.ts';

describe('saved UI state', () => {
  it('comes back as it was', () => {
    const state = { ...initialUiState, query: 'x', mode: 'lexical' as const, grouped: false, k: 60, scrollTop: 12.5 };
    assert.deepEqual(parseUiState(JSON.parse(JSON.stringify(state))), state);
  });

  it('of another version loses only what does not fit', () => {
    const parsed = parseUiState({
      query: 'x',
      mode: 'psychic',
      k: -1,
      toggled: ['a', 1],
      scrollTop: 'top',
      kind: 'class',
    });
    assert.deepEqual(parsed, { ...initialUiState, query: 'x', kind: 'class', toggled: ['a'] });
  });

  it('is never refused', () => {
    fc.assert(fc.property(fc.anything(), (saved) => void parseUiState(saved)));
  });
});

describe('filters as typed', () => {
  const matches = (typed: string, path: string): boolean =>
    picomatch([...(filterOf({ ...initialUiState, paths: typed }).paths ?? [])])(path);

  it('find a folder or file anywhere, and everything below', () => {
    assert.ok(matches('net', 'src/net/http/client.ts'));
    assert.ok(matches('net/http', 'src/net/http/client.ts'));
    assert.ok(matches('client.ts', 'src/net/http/client.ts'));
    assert.ok(!matches('net', 'src/network/client.ts'));
  });

  it('find names by pattern anywhere', () => {
    assert.ok(matches('*.ts', 'src/net/client.ts'));
    assert.ok(matches('src/**/*.ts', 'packages/a/src/net/client.ts'));
    assert.ok(!matches('*.ts', 'src/net/client.py'));
  });

  it('start at the root with ./', () => {
    assert.ok(matches('./src', 'src/a.ts'));
    assert.ok(!matches('./src', 'lib/src/a.ts'));
  });

  it('are several, separated by commas that are not part of a pattern', () => {
    assert.ok(matches('docs, *.{ts,js}', 'a/b.js'));
    assert.ok(matches('docs, *.{ts,js}', 'docs/x.md'));
  });

  it('leave nothing behind when they are blank', () => {
    const state = { ...initialUiState, paths: ' , ', languages: ' ' };
    assert.deepEqual(filterOf(state), {});
    assert.equal(activeFilters(state), 0);
  });

  it('always fit into a message, whatever is typed or was saved', () => {
    const typed = fc.oneof(fc.string({ maxLength: 3_000 }), fc.array(fc.string(), { maxLength: 1_500 }).map(String));
    fc.assert(
      fc.property(typed, typed, typed, (query, paths, languages) => {
        const state = parseUiState({ query, paths, languages });
        const filter = filterOf(state);
        const message = { type: 'search', requestId: 1, query: state.query, mode: 'hybrid', k: 20, filter };
        assert.deepEqual(parseSearchViewMessage(message), message);
      }),
    );
  });

  it('name languages by their lower-case ids', () => {
    assert.deepEqual(filterOf({ ...initialUiState, languages: 'TypeScript, go' }), { languages: ['typescript', 'go'] });
    assert.deepEqual(filterOf({ ...initialUiState, languages: 'py, c++' }), { languages: ['python', 'cpp'] });
  });

  it('count and go together with the tokens of the query', () => {
    const state = { ...initialUiState, query: 'retry lang:go -test', paths: 'src', kind: 'class' as const };
    assert.equal(activeFilters(state), 4);
    const cleared = { ...state, ...withoutFilters(state) };
    assert.deepEqual(cleared, { ...initialUiState, query: 'retry' });
    assert.equal(activeFilters(cleared), 0);
  });
});
