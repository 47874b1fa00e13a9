import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliFolder, remoteOptions } from '../support/cliFolder.ts';
import { cliPath, runCliProcess, startCli } from '../support/cliRun.ts';
import type { EndpointProbe } from '../../src/protocol/probe.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';

interface Result {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly symbol: string;
  readonly kind: string;
  readonly language: string;
  readonly score: number;
  readonly sources: { readonly lexical?: number; readonly semantic?: number };
  readonly snippet: string;
}

interface Answer {
  readonly id?: unknown;
  readonly mode: string;
  readonly results: readonly Result[];
  readonly timings: { readonly totalMs: number };
}

const sources = {
  '.gitignore': '# built\n*.gen.ts\n/out/\n',
  'src/upload.ts': `import { send } from './net';

/** Sends a file again when the network fails. */
export async function retryUpload(file: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await send(file)) return;
  }
  throw new Error('upload failed');
}
`,
  'lib/session.py': `class SessionStore:
    """Keeps the sessions of signed-in users."""

    def expire_sessions(self, now):
        return [key for key, session in self.sessions.items() if session.deadline < now]
`,
  'src/api.gen.ts': 'export const generated = true;\n',
  'out/bundle.js': 'var bundle;\n',
  '.env': 'SECRET=hunter2\n',
  'logo.png': '\u0000\u0001\u0002PNG',
  'package-lock.json': '{"lockfileVersion": 3}\n',
};

describe('contract of the built command line', () => {
  let folder: CliFolder;
  let server: EmbeddingServer;

  beforeEach(async () => {
    server = await startEmbeddingServer({ dimensions: 64, apiKey: 'right' });
    folder = await CliFolder.create(0);
    for (const [path, text] of Object.entries(sources)) {
      await mkdir(dirname(join(folder.root, path)), { recursive: true });
      await writeFile(join(folder.root, path), text);
    }
  });

  afterEach(async () => {
    await server.close();
  });

  async function indexRemotely(): Promise<void> {
    const args = folder.arguments('index', ...remoteOptions(server.url));
    const { exitCode, stderr } = await startCli(args, { env: { OPENAI_API_KEY: 'right' } }).result;
    assert.equal(exitCode, 0, stderr);
  }

  it('search indexes, then prints results whose lines are the lines of the file', async () => {
    const answer = await folder.json<Answer>('search', 'retry the upload', '-k', '3');
    const [best] = answer.results;
    assert.ok(best);
    assert.equal(best.path, 'src/upload.ts');
    assert.equal(best.symbol, 'retryUpload');
    assert.equal(best.kind, 'function');
    assert.equal(best.language, 'typescript');
    assert.equal(best.sources.lexical, 1);
    assert.ok(best.score > 0 && best.score <= 1);
    assert.ok(answer.timings.totalMs > 0);
    const lines = (await readFile(join(folder.root, best.path), 'utf8')).split('\n');
    assert.equal(best.snippet, lines.slice(best.startLine - 1, best.endLine).join('\n'));
    assert.ok(best.startLine <= 4 && best.endLine >= 9);
  });

  it('filters by path, language and kind', async () => {
    const paths = async (...filter: string[]): Promise<string[]> => {
      const { results } = await folder.json<Answer>('search', 'sessions upload', ...filter);
      return [...new Set(results.map(({ path }) => path))].sort();
    };
    assert.deepEqual(await paths('--mode', 'lexical'), ['lib/session.py', 'src/upload.ts']);
    assert.deepEqual(await paths('--path', 'src/**'), ['src/upload.ts']);
    assert.deepEqual(await paths('--language', 'python'), ['lib/session.py']);
    assert.deepEqual(await paths('--kind', 'function'), ['src/upload.ts']);
    assert.deepEqual(await paths('--path', 'src/**', '--language', 'python'), []);
  });

  it('answers a file of queries, one line each, in order', async () => {
    const file = join(folder.root, '../queries.jsonl');
    await writeFile(file, '{"id":"a","query":"expire sessions"}\noops\n{"id":"b","query":"retry upload","k":1}\n');
    const { exitCode, stdout } = await folder.run('search', '--queries', file, '--json');
    assert.equal(exitCode, 1);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer & { error?: { code: string } });
    assert.deepEqual(
      answers.map(({ id, error, results }) => [id, error?.code ?? results[0]?.path]),
      [
        ['a', 'lib/session.py'],
        [null, 'InvalidArgument'],
        ['b', 'src/upload.ts'],
      ],
    );
    assert.equal(answers[2]?.results.length, 1);
  });

  it('probes an endpoint, and every folder keeps to what it found', async () => {
    await server.close();
    server = await startEmbeddingServer({
      dimensions: 64,
      apiKey: 'right',
      maxBatchInputs: 3,
      refusesDimensions: true,
    });
    const env = { OPENAI_API_KEY: 'right' };
    const args = ['--base-url', server.url, '--model', 'test', '--index-dir', folder.dataDir];
    const { exitCode, stdout, stderr } = await startCli(['probe', ...args, '--json'], { env }).result;
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /Probing 127\.0\.0\.1:\d+, test: at most [\d,]+ tokens …/);
    const probe = JSON.parse(stdout) as EndpointProbe;
    assert.deepEqual(probe.maxBatchInputs, { accepted: 3, by: 'named' });
    assert.equal(probe.dimensionsAccepted.result, 'refused');
    const probing = server.requests.length;
    await indexRemotely();
    assert.ok(server.requests.length > probing);
    assert.ok(server.requests.slice(probing).every(({ status }) => status === 200));
    assert.match((await folder.run('status')).stdout, /profile +probed .*; inputs per request: 3;/);
    const { exitCode: nothingToProbe } = await runCliProcess('probe', '--index-dir', folder.dataDir);
    assert.equal(nothingToProbe, 2);
    const { exitCode: withoutKey, stderr: why } = await runCliProcess('probe', ...args);
    assert.equal(withoutKey, 4);
    assert.match(why, /wants an API key and none is set/);
  });

  it('measures how well it answers questions whose answers are known', async () => {
    const known = [
      { query: 'retry the upload', category: 'easy', expected: [{ path: 'src/upload.ts', startLine: 5, endLine: 6 }] },
      { query: 'expire sessions', expected: ['lib/session.py', 'src/api.gen.ts'] },
    ];
    const file = join(folder.root, '../known.jsonl');
    await writeFile(file, known.map((question) => JSON.stringify(question)).join('\n'));
    interface Eval {
      readonly overall: { readonly hit1: { readonly mean: number }; readonly recall: { readonly mean: number } };
      readonly unindexed: readonly { readonly path: string; readonly rule: { readonly source: string } }[];
      readonly latency: { readonly p50Ms: number };
    }
    for (const unit of ['file', 'chunk']) {
      const report = await folder.json<Eval>('eval', '--queries', file, '--unit', unit, '--mode', 'lexical');
      assert.equal(report.overall.hit1.mean, 1);
      assert.equal(report.overall.recall.mean, 0.75);
      assert.deepEqual(
        report.unindexed.map(({ path, rule }) => [path, rule.source]),
        [['src/api.gen.ts', '.gitignore']],
      );
      assert.ok(report.latency.p50Ms > 0);
    }
  });

  it('lists every discovered file once, and the counts of status are theirs', async () => {
    await folder.run('index');
    const files = await folder.json<{ path: string; state: string; reason?: string }[]>('files');
    const reasons = Object.fromEntries(files.map(({ path, state, reason }) => [path, reason ?? state]));
    assert.deepEqual(reasons, {
      '.env': 'secret',
      '.gitignore': 'indexed',
      'lib/session.py': 'indexed',
      'logo.png': 'binary',
      'package-lock.json': 'lockFile',
      'src/upload.ts': 'indexed',
    });
    const { files: counts, chunks, vectors, integrity } = await folder.status();
    assert.deepEqual(counts, { discovered: 6, indexed: 3, pending: 0, failed: 0, skipped: 3 });
    assert.ok(chunks >= 3);
    assert.equal(vectors, chunks);
    assert.equal(integrity, 'ok');
  });

  it('says why a file is not indexed: rule, file and line', async () => {
    await folder.run('index');
    const why = async (path: string): Promise<Record<string, unknown>> => {
      const { exitCode, stdout, stderr } = await runCliProcess(
        ...['why', join(folder.root, path), '--index-dir', folder.dataDir, '--json'],
      );
      assert.equal(exitCode, 0, stderr);
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const ignored = await why('src/api.gen.ts');
    assert.equal(ignored['state'], 'ignored');
    assert.deepEqual(ignored['rule'], { pattern: '*.gen.ts', source: '.gitignore', line: 2 });
    assert.equal((await why('.env'))['reason'], 'secret');
    assert.equal((await why('src/upload.ts'))['state'], 'indexed');
  });

  it('remembers the provider: later commands need only the key', async () => {
    await indexRemotely();
    const { vectors, chunks, requests } = await folder.status();
    assert.equal(vectors, chunks);
    assert.ok(requests > 0);
    const args = folder.arguments('search', 'expire sessions', '--json');
    const { stdout } = await startCli(args, { env: { OPENAI_API_KEY: 'right' } }).result;
    const { mode, results } = JSON.parse(stdout) as Answer;
    assert.equal(mode, 'hybrid');
    assert.ok(results[0]?.sources.semantic);
  });

  it('asks for nothing again: unchanged, renamed, cleared or in another copy of the folder', async () => {
    await indexRemotely();
    const before = server.requests.length;
    await indexRemotely();
    await folder.run('clear');
    await indexRemotely();
    const copy = join(folder.root, '../copy');
    await cp(folder.root, copy, { recursive: true });
    const options = ['--index-dir', folder.dataDir, ...remoteOptions(server.url)];
    assert.equal(
      (await startCli(['index', copy, ...options], { env: { OPENAI_API_KEY: 'right' } }).result).exitCode,
      0,
    );
    assert.equal(server.requests.length, before);
  });

  it('ends with 4 when the provider refuses, names the cause, and lexical search works', async () => {
    const args = folder.arguments('index', ...remoteOptions(server.url));
    const { exitCode, stderr } = await startCli(args, { env: { OPENAI_API_KEY: 'sk-wrong-0123456789abcdef' } }).result;
    assert.equal(exitCode, 4);
    assert.match(stderr, /OPENAI_API_KEY/);
    assert.doesNotMatch(stderr, /0123456789/);
    const answer = await folder.json<Answer>('search', 'retry upload');
    assert.equal(answer.mode, 'lexical');
    assert.equal(answer.results[0]?.path, 'src/upload.ts');
  });

  it('finds one index through every spelling of a folder', async () => {
    const link = join(folder.root, '../link');
    await symlink(folder.root, link);
    await folder.run('index');
    for (const spelling of [`${folder.root}/`, `${folder.root}/../repository`, link, `${link}/`]) {
      const options = ['--no-update', '--json', '--index-dir', folder.dataDir];
      const { exitCode, stderr } = await runCliProcess('search', spelling, 'retry', ...options);
      assert.equal(exitCode, 0, stderr);
    }
  });

  it('sees an edit, a new and a deleted file at the next search', async () => {
    await folder.run('index');
    await writeFile(join(folder.root, 'src/fresh.ts'), 'export const quokkaHabitat = 1;\n');
    assert.equal((await folder.json<Answer>('search', 'quokka habitat')).results[0]?.path, 'src/fresh.ts');
    await writeFile(join(folder.root, 'src/fresh.ts'), 'export const wombatBurrow = 1;\n');
    assert.equal((await folder.json<Answer>('search', 'wombat burrow')).results[0]?.path, 'src/fresh.ts');
    assert.deepEqual((await folder.json<Answer>('search', 'quokka', '--mode', 'lexical')).results, []);
  });

  it('stops without a word when its reader has had enough', async () => {
    await folder.repository.add(40);
    await folder.run('index');
    const child = spawn(process.execPath, [cliPath, ...folder.arguments('files', '--json')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
  });
});
