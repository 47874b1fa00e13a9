import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';

const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

/** Serves the pages as they ship (same bundle options, minified) under the policy their webviews have. */
export class PageServer {
  readonly #server: Server;
  /** Minified bytes by file name, e.g. `search.js`. */
  readonly sizes: ReadonlyMap<string, number>;

  constructor(server: Server, sizes: ReadonlyMap<string, number>) {
    this.#server = server;
    this.sizes = sizes;
  }

  static async start(): Promise<PageServer> {
    const config = new URL('../../esbuild.config.mjs', import.meta.url).href;
    const { bundles } = (await import(config)) as { bundles: { pages: BuildOptions } };
    const { outputFiles } = await build({ ...bundles.pages, minify: true, sourcemap: false, write: false as const });
    const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
    const server = createServer((request, response) => {
      const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
      const file = files.get(name);
      if (file !== undefined) {
        response.setHeader('content-type', types[name.split('.').pop() ?? ''] ?? 'application/octet-stream');
        response.end(file);
      } else if (files.has(`${name}.js`)) {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(documentOf(name));
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PageServer(server, new Map([...files].map(([name, contents]) => [name, contents.byteLength])));
  }

  url(page: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${page}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** As strict as the host's: scripts by nonce, style sheets by origin, nothing else at all. */
function documentOf(page: string): string {
  const policy = "default-src 'none'; style-src 'self'; script-src 'nonce-page'";
  return `<!DOCTYPE html>
<html>
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <title>${page}</title>
  <link rel="stylesheet" href="/${page}.css">
</head>
<body><script nonce="page" src="/${page}.js"></script></body>
</html>`;
}
