import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { contentVector, countTokens, cutAfter } from './contentVectors.ts';
import { type Fault, openAiWords, type RecordedRequest } from './serverFaults.ts';
import { type Refusal, type RefusalOptions, refuse } from './serverRefusals.ts';

export interface EmbeddingServerOptions extends RefusalOptions {
  /** 0 = any free one. */
  readonly port?: number;
  /** Size of the vectors when the request asks for none; default 256. */
  readonly dimensions?: number;
  /** Answers with its own size whatever is asked for. */
  readonly ignoresDimensions?: boolean;
  /** `asAsked` (default), or what the server answers with whatever was asked for. */
  readonly encoding?: 'asAsked' | 'float' | 'base64';
  /** Reads this many tokens of an input and leaves out the rest without a word. */
  readonly cutsAtTokens?: number;
  /** Budgets of one minute, enforced over a sliding window with 429. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  /** `x-ratelimit-*` and Retry-After with the budgets; default true. */
  readonly rateHeaders?: boolean;
  /** The time the budgets go by; default: the wall clock. */
  readonly now?: () => number;
  /** Before each answer. */
  readonly latencyMs?: number;
}

export interface EmbeddingServer {
  /** Base URL, with `/v1`. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** How often each text was embedded in an answer that was sent whole, by SHA-256 of the text in hex. */
  readonly texts: ReadonlyMap<string, number>;
  readonly connections: { readonly opened: number; readonly open: number };
  /** Faults for the next requests, each in turn; replaces what is left of an earlier script. Undefined = none. */
  script(faults: Fault | readonly Fault[] | undefined): void;
  close(): Promise<void>;
}

export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * A real HTTP server on 127.0.0.1 that speaks OpenAI's embeddings API: `POST /v1/embeddings`, `GET /v1/models`; and for
 * tests of other processes `GET /control/stats`, `POST /control/script` (faults as JSON).
 */
export async function startEmbeddingServer(options: EmbeddingServerOptions = {}): Promise<EmbeddingServer> {
  const service = new EmbeddingService(options);
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((request, response) => {
    service.handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  server.on('connection', (socket) => {
    opened++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests: service.requests,
    texts: service.texts,
    get connections() {
      return { opened, open: sockets.size };
    },
    script: (faults) => service.script(faults),
    async close() {
      service.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class EmbeddingService {
  readonly requests: RecordedRequest[] = [];
  readonly texts = new Map<string, number>();
  readonly #options: EmbeddingServerOptions;
  readonly #stopped = new AbortController();
  #faults: { fault: Fault; left: number }[] = [];
  #accepted: { atMs: number; tokens: number }[] = [];

  constructor(options: EmbeddingServerOptions) {
    this.#options = options;
  }

  script(faults: Fault | readonly Fault[] | undefined): void {
    const list = faults === undefined ? [] : Array.isArray(faults) ? (faults as readonly Fault[]) : [faults as Fault];
    this.#faults = list.map((fault) => ({ fault, left: fault.times ?? 1 }));
  }

  stop(): void {
    this.#stopped.abort();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const text = await readText(request);
    const route = `${request.method} ${path.replace(/\?.*$/u, '')}`;
    if (route === 'GET /v1/models') {
      const models = this.#options.models ?? ['test-embedding'];
      return sendJson(response, 200, { object: 'list', data: models.map((id) => ({ id, object: 'model' })) });
    }
    if (route === 'GET /control/stats') {
      return sendJson(response, 200, { requests: this.requests.length, texts: Object.fromEntries(this.texts) });
    }
    if (route === 'POST /control/script') {
      this.script(JSON.parse(text) as Fault[]);
      return sendJson(response, 200, {});
    }
    if (route !== 'POST /v1/embeddings') {
      return sendJson(response, 404, {
        error: { message: `Unknown request URL: ${route}.`, type: 'invalid_request_error' },
      });
    }
    const body = JSON.parse(text) as Record<string, unknown>;
    const inputs = Array.isArray(body['input']) ? (body['input'] as string[]) : [String(body['input'])];
    const recorded: RecordedRequest = { inputs, body, headers: request.headers, path };
    this.requests.push(recorded);
    response.on('close', () => {
      if (!response.writableFinished) recorded.closedEarly = true;
    });
    await this.#embed(recorded, response);
  }

  async #embed(request: RecordedRequest, response: ServerResponse): Promise<void> {
    const fault = this.#nextFault(request);
    const delayMs = (this.#options.latencyMs ?? 0) + (fault.delayMs ?? 0);
    if (delayMs > 0) await this.#sleep(delayMs);
    if (fault.hang === true) return;
    if (fault.reset === 'beforeAnswer') return void response.socket?.destroy();
    const refusal =
      fault.status === undefined ? (refuse(request, this.#options) ?? this.#refuseRate(request)) : undefined;
    const status = fault.status ?? refusal?.status;
    if (status !== undefined) {
      request.status = status;
      const message = fault.message ?? refusal?.message ?? `Scripted status ${status}`;
      const error = { message, type: 'invalid_request_error', param: null, code: fault.code ?? refusal?.code ?? null };
      response.writeHead(status, { 'content-type': 'application/json', ...refusal?.headers, ...fault.headers });
      return void response.end(typeof fault.body === 'string' ? fault.body : JSON.stringify(fault.body ?? { error }));
    }
    const answer = JSON.stringify(this.#answer(request, fault)).replaceAll('"\\u0000NaN"', 'NaN');
    await this.#send(request, response, fault, answer);
  }

  async #send(request: RecordedRequest, response: ServerResponse, fault: Fault, answer: string): Promise<void> {
    const text = fault.truncateJson === true ? answer.slice(0, answer.length / 2) : answer;
    request.status = 200;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...this.#rateHeaders(),
      ...fault.headers,
    });
    if (fault.reset === 'midBody') {
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
      return;
    }
    if (fault.dripMs !== undefined) {
      const step = Math.ceil(text.length / 64);
      for (let at = 0; at + step < text.length; at += step) {
        response.write(text.slice(at, at + step));
        await this.#sleep(fault.dripMs);
        if (response.destroyed) return;
      }
      response.end(text.slice(Math.floor((text.length - 1) / step) * step));
    } else {
      response.end(text);
    }
    if (fault.truncateJson === true) return;
    for (const input of request.inputs) this.texts.set(hashText(input), (this.texts.get(hashText(input)) ?? 0) + 1);
  }

  /** Ends early, without error, when the server is closed. */
  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  #nextFault(request: RecordedRequest): Fault {
    const entry = this.#faults.find(({ fault, left }) => left > 0 && (fault.when?.(request) ?? true));
    if (entry === undefined) return {};
    entry.left--;
    return entry.fault;
  }

  #refuseRate({ inputs }: RecordedRequest): Refusal | undefined {
    const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
    const {
      requestsPerMinute = Infinity,
      tokensPerMinute = Infinity,
      now = Date.now,
      rateHeaders = true,
    } = this.#options;
    const used = this.#used();
    const kind =
      used.requests + 1 > requestsPerMinute
        ? 'requests'
        : used.tokens + tokens > tokensPerMinute
          ? 'tokens'
          : undefined;
    if (kind === undefined) {
      this.#accepted.push({ atMs: now(), tokens });
      return undefined;
    }
    const limit = kind === 'requests' ? requestsPerMinute : tokensPerMinute;
    const waitMs = (this.#accepted[0]?.atMs ?? now()) + 60_000 - now();
    return {
      status: 429,
      message: openAiWords.rateLimit(kind, limit),
      code: 'rate_limit_exceeded',
      headers: rateHeaders ? { ...this.#rateHeaders(), 'retry-after-ms': String(Math.ceil(waitMs)) } : {},
    };
  }

  #used(): { requests: number; tokens: number } {
    const { now = Date.now } = this.#options;
    this.#accepted = this.#accepted.filter(({ atMs }) => atMs + 60_000 > now());
    return {
      requests: this.#accepted.length,
      tokens: this.#accepted.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  }

  #rateHeaders(): Record<string, string> {
    const { requestsPerMinute, tokensPerMinute, rateHeaders = true, now = Date.now } = this.#options;
    if (!rateHeaders) return {};
    const used = this.#used();
    const reset = `${Math.max(0, (this.#accepted[0]?.atMs ?? now()) + 60_000 - now()) / 1_000}s`;
    const of = (name: string, limit: number | undefined, amount: number): Record<string, string> =>
      limit === undefined
        ? {}
        : {
            [`x-ratelimit-limit-${name}`]: String(limit),
            [`x-ratelimit-remaining-${name}`]: String(Math.max(0, limit - amount)),
            [`x-ratelimit-reset-${name}`]: reset,
          };
    return { ...of('requests', requestsPerMinute, used.requests), ...of('tokens', tokensPerMinute, used.tokens) };
  }

  #answer({ inputs, body }: RecordedRequest, fault: Fault): unknown {
    const { cutsAtTokens = Infinity, dimensions: own = 256, ignoresDimensions = false } = this.#options;
    const asked = typeof body['dimensions'] === 'number' && !ignoresDimensions ? body['dimensions'] : undefined;
    const dimensions = fault.dimensions ?? asked ?? own;
    const count = inputs.length + (fault.extraEmbeddings ?? 0);
    const data = Array.from({ length: count }, (_, index) => ({
      object: 'embedding',
      index: faultyIndex(fault, index, count),
      embedding: this.#encode(
        body,
        this.#values(
          cutAfter(inputs[index] ?? '', cutsAtTokens),
          dimensions,
          index === 0 ? fault : { scale: fault.scale ?? 1 },
        ),
      ),
    }));
    if (fault.index === 'shuffled' || fault.index === 'lost')
      data.reverse().push(...data.splice(0, Math.floor(data.length / 3)));
    const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    return { object: 'list', data, model: body['model'], ...(fault.withoutUsage === true ? {} : { usage }) };
  }

  #values(input: string, dimensions: number, { firstValues, scale = 1 }: Fault): unknown {
    const values: unknown[] = contentVector(input, dimensions).map((value) => value * scale);
    switch (firstValues) {
      case undefined:
        return values;
      case 'NaN':
        return values.with(1, '\u0000NaN');
      case 'null':
        return values.with(1, null);
      case 'zeros':
        return values.fill(0);
      case 'text':
        return 'no vector';
      case 'badBase64':
        return Buffer.from('seven b').toString('base64');
    }
  }

  #encode(body: Readonly<Record<string, unknown>>, values: unknown): unknown {
    const { encoding = 'asAsked' } = this.#options;
    // OpenAI's own default is float; the SDK is what asks for base64.
    const asked = body['encoding_format'] === 'base64' ? 'base64' : 'float';
    if (!Array.isArray(values) || (encoding === 'asAsked' ? asked : encoding) === 'float') return values;
    return Buffer.from(new Float32Array(values as number[]).buffer).toString('base64');
  }
}

function faultyIndex(fault: Fault, index: number, count: number): number | undefined {
  switch (fault.index) {
    case undefined:
    case 'shuffled':
      return index;
    case 'missing':
    case 'lost':
      return undefined;
    case 'firstMissing':
      return index === 0 ? undefined : index;
    case 'repeated':
      return 0;
    case 'outOfRange':
      return index === 0 ? count : index;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

/** `node embeddingServer.ts --port 8000`: for trying by hand. */
async function runFromShell(): Promise<void> {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { port: number, dimensions: number, 'max-batch': number, rpm: number, tpm: number, latency: number },
  });
  const numeric = (text: string | undefined, name: string): Record<string, number> =>
    text === undefined ? {} : { [name]: Number(text) };
  const server = await startEmbeddingServer({
    ...numeric(values.port, 'port'),
    ...numeric(values.dimensions, 'dimensions'),
    ...numeric(values['max-batch'], 'maxBatchInputs'),
    ...numeric(values.rpm, 'requestsPerMinute'),
    ...numeric(values.tpm, 'tokensPerMinute'),
    ...numeric(values.latency, 'latencyMs'),
  });
  console.log(server.url);
}

if (import.meta.main) void runFromShell();
