import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostApi } from '../../../src/protocol/hostApi.ts';
import { Channel } from '../../../src/rpc/channel.ts';
import { connectFetch, serveFetch } from '../../../src/rpc/fetchBridge.ts';
import { createMemoryPorts } from '../../../src/rpc/memoryPort.ts';

type Nothing = Record<never, never>;

describe('fetch over a channel', () => {
  let server: Server;
  let url: string;
  let respond: (request: IncomingMessage, body: string, response: ServerResponse) => void;

  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => respond(request, body, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  function bridgedFetch() {
    const { ports } = createMemoryPorts();
    const host = new Channel<Nothing, Nothing>(ports[0], 'The engine');
    const worker = new Channel<HostApi, Nothing>(ports[1], 'The editor');
    host.serve<HostApi>({ fetch: serveFetch((target, init) => fetch(target, init)) }, ['fetch']);
    return connectFetch((request, signal) => worker.call('fetch', [request], signal));
  }

  it('carries method, headers and body there and status, headers and body back', async () => {
    respond = (request, body, response) => {
      response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' });
      response.end(JSON.stringify({ method: request.method, key: request.headers['authorization'], body }));
    };
    const response = await bridgedFetch()(url, { method: 'POST', headers: { authorization: 'Bearer k' }, body: 'häh' });
    assert.equal(response.status, 429);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.deepEqual(await response.json(), { method: 'POST', key: 'Bearer k', body: 'häh' });
  });

  it('leaves the caller its bytes, which a retry sends again', async () => {
    respond = (_request, body, response) => response.end(body);
    const bytes = new TextEncoder().encode('again');
    const bridged = bridgedFetch();
    for (let round = 0; round < 2; round++) {
      const response = await bridged(url, { method: 'POST', body: bytes });
      assert.equal(await response.text(), 'again');
    }
  });

  it('does not follow a redirect that the caller wants to see', async () => {
    const paths: (string | undefined)[] = [];
    respond = (request, _body, response) => {
      paths.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    const response = await bridgedFetch()(url, { method: 'POST', body: 'code', redirect: 'manual' });
    assert.equal(response.status, 307);
    assert.equal(response.headers.get('location'), '/elsewhere');
    assert.deepEqual(paths, ['/']);
  });

  it('understands answers that must not have a body', async () => {
    respond = (_request, _body, response) => response.writeHead(204).end();
    const response = await bridgedFetch()(url, {});
    assert.equal(response.status, 204);
    assert.equal(await response.text(), '');
  });

  it('rejects as fetch does when there is no answer, with the code of the cause', async () => {
    respond = (_request, _body, response) => void response.destroy();
    await assert.rejects(bridgedFetch()(url, {}), (error: unknown) => {
      assert(error instanceof TypeError && error.cause instanceof Error);
      assert.equal((error.cause as Error & { code?: string }).code, 'UND_ERR_SOCKET');
      return true;
    });
  });

  it('rejects when the answer breaks off in the middle', async () => {
    respond = (_request, _body, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    await assert.rejects(bridgedFetch()(url, {}), TypeError);
  });

  it('ends the request on the wire when the caller aborts, with the reason of the caller', async () => {
    let closed: Promise<void> | undefined;
    const arrived = new Promise<void>((resolve) => {
      respond = (request) => {
        closed = new Promise((done) => request.socket.once('close', () => done()));
        resolve();
      };
    });
    const controller = new AbortController();
    const call = bridgedFetch()(url, { signal: controller.signal });
    await arrived;
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(call, reason);
    await closed;
  });
});
