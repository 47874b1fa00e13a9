import { createWriteStream, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { once } from 'node:events';
import { Engine } from '../../src/core/engine.ts';
import { createNodePlatform } from '../../src/node/platform.ts';
import { defaultConfig } from '../../src/protocol/config.ts';

/* node training/ranking/dump.ts DATA OUT: every candidate of every development question with its features, a line each question. */

interface Repository {
  readonly repo: string;
  readonly benchmark_root: string | null;
}

interface Question {
  readonly repo: string;
  readonly query: string;
  readonly category: string;
  readonly relevant: readonly { readonly path: string }[];
}

const [data = '', out = ''] = process.argv.slice(2).map((path) => resolve(path));
const project = join(import.meta.dirname, '../..');
const repositories = JSON.parse(readFileSync(join(data, 'manifest.json'), 'utf8')) as Repository[];
const questions = readFileSync(join(data, 'queries.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Question);

const platform = createNodePlatform({
  assetsDir: join(project, 'media'),
  parserPath: join(project, 'dist/parser.js'),
  shardPath: join(project, 'dist/shard.js'),
  fetch: async (url, init) => fetch(url, init),
  logger: { log: () => undefined },
});
const engine = new Engine(platform, { cacheDir: join(data, 'index/cache') });
const lines = createWriteStream(out);
try {
  // All candidates are wanted, also the twentieth of a file.
  await engine.configure(
    { ...defaultConfig, search: { ...defaultConfig.search, maxPerFile: 0 } },
    {},
    { remoteProvider: false },
  );
  for (const { repo, benchmark_root: root } of repositories) {
    const prefix = root === null ? '' : `${root}/`;
    await engine.openFolder({
      folderId: repo,
      root: join(data, 'repos', repo, root ?? ''),
      indexDir: join(data, 'index', repo),
    });
    await engine.index(repo);
    for (const { query, category, relevant } of questions.filter((question) => question.repo === repo)) {
      const { results } = await engine.search({ query, k: 1_000, mode: 'lexical', filter: { folders: [repo] } });
      const candidates = results.map(({ path, features }) => ({ path: prefix + path, features }));
      lines.write(
        `${JSON.stringify({ repo, query, category, relevant: relevant.map(({ path }) => path), candidates })}\n`,
      );
    }
    await engine.closeFolder(repo);
  }
} finally {
  await engine.close();
  lines.end();
  await once(lines, 'close');
}
