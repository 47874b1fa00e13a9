import assert from 'node:assert/strict';
import { askForRanking } from '../../../../src/cli/quality/askForRanking.ts';
import type { SearchRequest, SearchResponse } from '../../../../src/protocol/types.ts';
import { resultWith } from '../../../support/cliEngine.ts';

/** An engine whose list for k is the first k of the paths. */
function engineOf(paths: readonly string[], asked: (number | undefined)[]) {
  return async ({ k }: SearchRequest): Promise<SearchResponse> => {
    asked.push(k);
    const results = paths.slice(0, k).map((path) => resultWith({ path }));
    return { results, mode: 'lexical', cached: false, timings: { totalMs: 1 } };
  };
}

describe('ranking of an evaluation', () => {
  it('goes deeper until there are enough different files, and changes nothing that came before', async () => {
    const paths = Array.from({ length: 500 }, (_, i) => `f${Math.floor(i / 40)}`);
    const asked: (number | undefined)[] = [];
    const { results } = await askForRanking(engineOf(paths, asked), { query: 'q' }, { k: 10, files: 10 });
    assert.deepEqual(asked, [20, 100, 500]);
    assert.deepEqual(
      results.slice(0, 20).map(({ path }) => path),
      paths.slice(0, 20),
    );
    assert.deepEqual(
      results.slice(20).map(({ path }) => path),
      Array.from({ length: 12 }, (_, i) => `f${i + 1}`),
    );
  });

  it('stops when the engine has no more', async () => {
    const asked: (number | undefined)[] = [];
    await askForRanking(engineOf(Array<string>(30).fill('a'), asked), { query: 'q' }, { k: 10, files: 10 });
    assert.deepEqual(asked, [20, 100]);
  });

  it('asks once when results are judged as they are', async () => {
    const asked: (number | undefined)[] = [];
    await askForRanking(engineOf(Array<string>(30).fill('a'), asked), { query: 'q' }, { k: 10, files: 0 });
    assert.deepEqual(asked, [20]);
  });

  it('does not count the time of an answer that was remembered', async () => {
    const remembered = async (): Promise<SearchResponse> => {
      return { results: [], mode: 'lexical', cached: true, timings: { totalMs: 0 } };
    };
    assert.equal((await askForRanking(remembered, { query: 'q' }, { k: 10, files: 10 })).ms, undefined);
  });
});
