import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/protocol/errors.ts';
import type { SearchMode, SearchRequest, SearchResponse } from '../../../src/protocol/types.ts';
import { Searches } from '../../../src/vscode/searches.ts';
import { createRecordingEngine, emptyResponse } from '../../support/recordingEngine.ts';

describe('searches of the editor', () => {
  let asksNetwork: boolean;
  let reranks: boolean;
  let asked: { request: SearchRequest; answer: (mode: SearchMode) => void; fail: (error: Error) => void }[];
  let partial: SearchResponse[];
  let searches: Searches;

  beforeEach(() => {
    asksNetwork = true;
    asked = [];
    partial = [];
    const engine = createRecordingEngine({
      search: async (request) =>
        new Promise<SearchResponse>((resolve, reject) =>
          asked.push({ request, answer: (mode) => resolve({ ...emptyResponse, mode }), fail: reject }),
        ),
    });
    reranks = false;
    searches = new Searches({
      engine,
      start: async () => undefined,
      asksNetwork: () => asksNetwork,
      reranks: () => reranks,
    });
  });

  const { signal } = new AbortController();
  const onPartial = (response: SearchResponse): void => void partial.push(response);
  const turn = async () => new Promise(setImmediate);
  const ask = (mode: SearchMode) => asked.find(({ request }) => (request.mode ?? 'hybrid') === mode);

  it('show what the words find while the meaning is still looked for', async () => {
    const whole = searches.search({ query: 'q' }, signal, onPartial);
    await turn();
    ask('lexical')?.answer('lexical');
    await turn();
    assert.deepEqual(
      partial.map(({ mode }) => mode),
      ['lexical'],
    );
    ask('hybrid')?.answer('hybrid');
    assert.equal((await whole).mode, 'hybrid');
    assert.equal(partial.length, 1);
  });

  it('show what the words find while results are reranked, and do so without asking for that', async () => {
    asksNetwork = false;
    reranks = true;
    void searches.search({ query: 'q' }, signal, onPartial);
    await turn();
    assert.equal(ask('lexical')?.request.rerank, false);
    assert.equal(ask('hybrid')?.request.rerank, undefined);
    asked = [];
    void searches.search({ query: 'q', rerank: false }, signal, onPartial);
    await turn();
    assert.equal(asked.length, 1);
  });

  it('drop the words alone when the whole answer came first', async () => {
    const whole = searches.search({ query: 'q' }, signal, onPartial);
    await turn();
    ask('hybrid')?.answer('hybrid');
    await whole;
    ask('lexical')?.answer('lexical');
    await turn();
    assert.deepEqual(partial, []);
  });

  it('ask once where nothing is asked of the network, nobody listens or the search is no hybrid one', async () => {
    void searches.search({ query: 'q' }, signal);
    void searches.search({ query: 'q', mode: 'semantic' }, signal, onPartial);
    await turn();
    asksNetwork = false;
    void searches.search({ query: 'q' }, signal, onPartial);
    await turn();
    assert.equal(asked.length, 3);
  });

  it('keep the latency of whole answers only', async () => {
    const whole = searches.search({ query: 'q' }, signal, onPartial);
    await turn();
    ask('lexical')?.answer('lexical');
    await turn();
    assert.equal(searches.latency.count, 0);
    ask('hybrid')?.answer('hybrid');
    await whole;
    assert.equal(searches.latency.count, 1);
    const failing = searches.search({ query: 'q' }, signal);
    await turn();
    asked.at(-1)?.fail(new Error('no'));
    await assert.rejects(failing);
    assert.equal(searches.latency.count, 1);
  });

  it('give nothing to a caller that has gone', async () => {
    const controller = new AbortController();
    const whole = searches.search({ query: 'q' }, controller.signal, onPartial);
    await turn();
    controller.abort();
    ask('lexical')?.answer('lexical');
    ask('hybrid')?.answer('hybrid');
    await assert.rejects(whole, CancelledError);
    assert.deepEqual(partial, []);
    assert.equal(searches.latency.count, 0);
  });

  it('wait for a pause in typing only where answering takes a request', () => {
    assert.equal(searches.typingPauseMs(120), 120);
    asksNetwork = false;
    assert.equal(searches.typingPauseMs(120), 0);
    reranks = true;
    assert.equal(searches.typingPauseMs(120), 120);
    assert.equal(searches.typingPauseMs(120, false), 0);
  });
});
