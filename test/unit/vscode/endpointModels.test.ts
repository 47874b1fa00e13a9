import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listModels } from '../../../src/vscode/endpointModels.ts';
import { startEmbeddingServer } from '../../support/embeddingServer.ts';

describe('listModels', () => {
  it('lists what the endpoint has, embedding models first', async () => {
    const server = await startEmbeddingServer({ models: ['llama-3', 'bge-m3', 'whisper', 'nomic-embed-text'] });
    try {
      assert.deepEqual(await listModels(server.url, undefined), ['bge-m3', 'nomic-embed-text', 'llama-3', 'whisper']);
    } finally {
      await server.close();
    }
  });

  it('lists nothing where there is no list, whatever the endpoint says, and sends the key only where it was told', async () => {
    const answers: readonly [number, string][] = [
      [200, 'no JSON'],
      [200, '{}'],
      [200, '{"data": "none"}'],
      [200, '{"data": [null, {"id": 7}, {"id": ""}, {}]}'],
      [401, '{"data": [{"id": "a"}]}'],
      [302, ''],
    ];
    const keys: (string | undefined)[] = [];
    let next = 0;
    const server = createServer((request, response) => {
      keys.push(request.headers.authorization);
      const [status, body] = answers[next++] ?? [500, ''];
      response.writeHead(status, { location: '/elsewhere' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    for (const [index] of answers.entries()) assert.deepEqual(await listModels(url, index === 0 ? 'k' : undefined), []);
    // A redirect is not followed.
    assert.equal(next, answers.length);
    assert.deepEqual(keys, ['Bearer k', ...new Array<undefined>(answers.length - 1)]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    assert.deepEqual(await listModels(url, undefined), []);
  });
});
