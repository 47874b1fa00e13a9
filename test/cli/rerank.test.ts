import assert from 'node:assert/strict';
import { CliFolder } from '../support/cliFolder.ts';
import { startRerankServer } from '../support/rerankServer.ts';

describe('codeweaver search with a reranker', () => {
  it('has its order, and that of the ranking stage once it is gone', async () => {
    const folder = await CliFolder.create(12);
    const server = await startRerankServer({ dialect: 'tei', score: (_, text) => text.length / 10_000 });
    const search = async (...more: string[]) =>
      folder.json<{
        reranked?: { documents: number };
        rerankFailed?: { code: string };
        results: { path: string; startLine: number; reranked?: { rerankScore: number } }[];
      }>('search', 'read the file', '--json', ...more);
    const places = ({ results }: Awaited<ReturnType<typeof search>>) =>
      results.map(({ path, startLine }) => `${path}:${startLine}`);
    try {
      const plain = await search();
      const reranked = await search('--rerank-url', server.url, '--rerank-weight', '1');
      assert.equal(plain.reranked, undefined);
      assert.ok((reranked.reranked?.documents ?? 0) > 1);
      const scores = reranked.results.flatMap((result) => result.reranked?.rerankScore ?? []);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
      assert.deepEqual(places(await search('--no-rerank')), places(plain));
      await server.close();
      const alone = await search();
      assert.equal(alone.rerankFailed?.code, 'ProviderUnavailable');
      assert.deepEqual(places(alone), places(plain));
    } finally {
      await server.close();
    }
  });
});
