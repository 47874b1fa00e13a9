import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An embedding endpoint on loopback that takes its time, with vectors that differ by text and nothing more. */
export interface SlowEndpoint {
  readonly url: string;
  readonly requests: number;
  close(): Promise<void>;
}

/** `latencyMs`: of every answer, whatever runs beside it. */
export async function startSlowEndpoint(dimensions: number, latencyMs: number): Promise<SlowEndpoint> {
  let requests = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests++;
      void answer(Buffer.concat(parts).toString(), dimensions, latencyMs).then((body) =>
        response.setHeader('content-type', 'application/json').end(body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get requests() {
      return requests;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(body: string, dimensions: number, latencyMs: number): Promise<string> {
  const { input, model } = JSON.parse(body) as { input: string | readonly string[]; model: string };
  const texts = typeof input === 'string' ? [input] : input;
  await sleep(latencyMs);
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, dimensions) }));
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  return JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0.01);
  for (let at = 0; at < text.length; at += 3) vector[(text.charCodeAt(at) * 31 + at) % dimensions]! += 1;
  return vector;
}
