import assert from 'node:assert/strict';
import type { SearchInput } from '../../../src/protocol/savedSearches.ts';
import type { SearchRequest, SearchResult } from '../../../src/protocol/types.ts';
import { NewHits } from '../../../src/vscode/newHits.ts';
import { SavedSearches } from '../../../src/vscode/savedSearches.ts';
import { MemoryState } from '../../support/memoryState.ts';
import { createRecordingEngine, emptyResponse } from '../../support/recordingEngine.ts';

const input: SearchInput = { query: 'retry', mode: 'hybrid', paths: '', languages: '', filter: {} };

function hit(symbol: string, chunkId = 1): SearchResult {
  return {
    ...{ chunkId, symbol, folderId: 'f', path: 'a.ts', startLine: 1, endLine: 2, kind: 'function' },
    ...{ language: 'typescript', score: 1, sources: {}, snippet: '', unsaved: false },
  };
}

const { signal } = new AbortController();
const notice = { severity: 'info', message: 'No file is open.' } as const;

describe('new hits of pinned searches', () => {
  let found: SearchResult[];
  let asked: SearchRequest[];
  let asksNetwork: boolean;
  let hasScope: boolean;
  let onStart: () => void;
  let saved: SavedSearches;
  let newHits: NewHits;
  let id: string;

  beforeEach(async () => {
    found = [hit('one')];
    asked = [];
    asksNetwork = false;
    hasScope = true;
    onStart = () => undefined;
    const state = new MemoryState();
    const engine = createRecordingEngine({
      search: async (request) => {
        asked.push(request);
        return Promise.resolve({ ...emptyResponse, results: found });
      },
    });
    saved = new SavedSearches(state);
    const scopes = {
      resolve: async (request: SearchRequest) => Promise.resolve(hasScope ? { request } : { notice }),
    };
    newHits = new NewHits({
      ...{ state, engine, scopes, saved, asksNetwork: () => asksNetwork, lookMs: 0 },
      start: async () => {
        onStart();
        return Promise.resolve();
      },
    });
    await saved.add(input);
    id = saved.all[0]?.id ?? assert.fail();
    await saved.setPinned(id, true);
  });

  it('are none while it is not known what was there before', async () => {
    await newHits.count();
    assert.equal(newHits.of(id), undefined);
  });

  it('are those whose path and symbol were not among the hits of the last run', async () => {
    await newHits.count();
    found = [hit('two', 2), hit('one', 7), hit('three', 3)];
    await newHits.count();
    assert.equal(newHits.of(id), 2);
    await newHits.seen({ query: 'retry', mode: 'hybrid', filter: {} }, signal);
    assert.equal(newHits.of(id), 0);
    await newHits.count();
    assert.equal(newHits.of(id), 0);
  });

  it('are counted once the engine has its folders, and with what it says of the network', async () => {
    onStart = () => (asksNetwork = true);
    await newHits.count();
    assert.deepEqual(
      asked.map(({ mode }) => mode),
      ['lexical'],
    );
  });

  it('stay new when the search is only typed through on the way to another', async () => {
    await newHits.count();
    found = [hit('two')];
    const typing = new AbortController();
    const looked = newHits.seen({ query: 'retry', mode: 'hybrid', filter: {} }, typing.signal);
    typing.abort();
    await assert.rejects(looked, { name: 'AbortError' });
    await newHits.count();
    assert.equal(newHits.of(id), 1);
  });

  it('are not known while the scope of the search has no files', async () => {
    hasScope = false;
    await newHits.count();
    hasScope = true;
    await newHits.count();
    await newHits.count();
    assert.equal(newHits.of(id), 0);
  });

  it('are not those that others have made room for', async () => {
    const hits = Array.from({ length: 40 }, (_, index) => hit(`hit ${index}`, index));
    found = hits;
    await newHits.count();
    found = [hit('new', 99), ...hits.slice(20)];
    await newHits.count();
    assert.equal(newHits.of(id), 1);
  });

  it('stay what they are when another search is run', async () => {
    await newHits.count();
    found = [hit('two')];
    await newHits.seen({ query: 'other', mode: 'hybrid', filter: {} }, signal);
    await newHits.seen({ query: 'retry', mode: 'lexical', filter: {} }, signal);
    await newHits.count();
    assert.equal(newHits.of(id), 1);
  });

  it('are counted of pinned searches alone', async () => {
    await saved.setPinned(id, false);
    await newHits.count();
    assert.equal(asked.length, 0);
  });

  it('are looked for by words where a search by meaning is a request', async () => {
    await newHits.count();
    asksNetwork = true;
    await newHits.count();
    assert.deepEqual(
      asked.map(({ mode, rerank }) => [mode, rerank]),
      [
        ['hybrid', false],
        ['lexical', false],
      ],
    );
  });
});
