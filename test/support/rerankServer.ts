import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Whose API the server speaks, with what that one is strict about. */
export type RerankDialect = 'cohere' | 'jina' | 'vllm' | 'llama' | 'voyage' | 'tei';

export interface RerankServerOptions {
  readonly dialect?: RerankDialect;
  /** Of one document; default: the share of the query's words that it has. */
  readonly score?: (query: string, document: string) => number;
  /** Requests with another key get 401; default: none is asked for. */
  readonly apiKey?: string;
  /** Longer documents are refused as too long. Characters. */
  readonly maxDocumentChars?: number;
}

export interface RecordedRerank {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
  readonly query: string;
  readonly documents: readonly string[];
  /** The connection ended before the answer was complete. */
  closedEarly?: boolean;
}

/** What the server does with one request. */
export interface RerankFault {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The whole answer; default: an error in the manner of the dialect. */
  readonly body?: string;
  /** Never answers. */
  readonly hang?: boolean;
  /** Answers as always, after this. */
  readonly after?: Promise<unknown>;
}

export interface RerankServer {
  /** Without path. */
  readonly url: string;
  readonly requests: readonly RecordedRerank[];
  /** Faults for the next requests, each in turn; undefined = the request is answered. */
  script(...faults: readonly (RerankFault | undefined)[]): void;
  /** Resolves when the server has had this many requests. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

/** A real HTTP server on 127.0.0.1 with the call `/rerank` of one of the services. */
export async function startRerankServer(options: RerankServerOptions = {}): Promise<RerankServer> {
  const { dialect = 'cohere', score = sharedWords, apiKey, maxDocumentChars = Infinity } = options;
  const requests: RecordedRerank[] = [];
  const sockets = new Set<Socket>();
  const waiting: { count: number; resolve: () => void }[] = [];
  let faults: (RerankFault | undefined)[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '';
    if (!path.endsWith('/rerank')) return send(response, 404, JSON.stringify({ message: `no route ${path}` }));
    const body = JSON.parse(await readText(request)) as Record<string, unknown>;
    const documents = (body['documents'] ?? body['texts'] ?? []) as string[];
    const query = String(body['query']);
    const recorded: RecordedRerank = { path, headers: request.headers, body, query, documents };
    requests.push(recorded);
    for (const { resolve } of waiting.filter(({ count }) => count <= requests.length)) resolve();
    response.on('close', () => {
      if (!response.writableFinished) recorded.closedEarly = true;
    });
    const fault = faults.shift();
    if (fault?.hang === true) return;
    await fault?.after;
    if (fault !== undefined && fault.after === undefined) {
      const {
        status = 200,
        headers = {},
        body: text = JSON.stringify({ message: `Scripted status ${status}` }),
      } = fault;
      return send(response, status, text, headers);
    }
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
      return send(response, 401, JSON.stringify({ detail: `invalid api token ${request.headers.authorization}` }));
    }
    const refusal = refuse(dialect, body);
    if (refusal !== undefined) return send(response, refusal.status, refusal.text);
    if (documents.some(({ length }) => length > maxDocumentChars)) {
      const message = 'input is too large to process. increase the physical batch size';
      return send(response, 500, JSON.stringify({ error: { code: 500, message, type: 'server_error' } }));
    }
    const list = documents.map((document, index) => ({ index, score: score(query, document) }));
    // Services answer best first, not in the documents' order.
    list.sort((a, b) => b.score - a.score);
    return send(response, 200, JSON.stringify(answer(dialect, list, body)));
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    script: (...next) => void (faults = [...next]),
    received: async (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Scored {
  readonly index: number;
  readonly score: number;
}

function answer(dialect: RerankDialect, list: readonly Scored[], body: Readonly<Record<string, unknown>>): unknown {
  const top = list.slice(0, Number(body['top_n'] ?? body['top_k'] ?? list.length));
  const named = top.map(({ index, score }) => ({ index, relevance_score: score }));
  switch (dialect) {
    case 'tei':
      return list;
    case 'voyage':
      return { object: 'list', data: named, model: body['model'], usage: { total_tokens: 7 } };
    case 'cohere':
      return { id: 'a', results: named, meta: { billed_units: { search_units: 1 } } };
    case 'jina':
    case 'vllm':
    case 'llama':
      return { model: body['model'], results: named, usage: { total_tokens: 7 } };
  }
}

/** The services' own words for a request in another one's shape. */
function refuse(
  dialect: RerankDialect,
  body: Readonly<Record<string, unknown>>,
): { readonly status: number; readonly text: string } | undefined {
  const has = (name: string): boolean => body[name] !== undefined;
  if (dialect === 'tei') {
    const text = 'Failed to deserialize the JSON body into the target type: missing field `texts` at line 1 column 60';
    return has('texts') ? undefined : { status: 422, text };
  }
  if (dialect === 'voyage' && has('top_n')) {
    return { status: 400, text: JSON.stringify({ detail: "Argument 'top_n' is not supported by our API." }) };
  }
  const needsModel = dialect === 'cohere' || dialect === 'jina' || dialect === 'voyage';
  if (needsModel && !has('model')) return { status: 400, text: JSON.stringify({ message: 'model is required' }) };
  if (!has('documents')) return { status: 400, text: JSON.stringify({ message: 'documents are required' }) };
  return undefined;
}

function sharedWords(query: string, document: string): number {
  const words = query.toLowerCase().split(/\W+/u);
  const text = document.toLowerCase();
  return words.filter((word) => text.includes(word)).length / words.length;
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function send(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
