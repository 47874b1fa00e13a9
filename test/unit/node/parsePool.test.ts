import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import { chunkText } from '../../../src/core/chunking/chunkText.ts';
import type { ChunkRequest, Metrics } from '../../../src/core/ports.ts';
import { ParsePool, type ParsePoolOptions } from '../../../src/node/parsePool.ts';
import { defaultConfig, type ParsingConfig } from '../../../src/protocol/config.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';

const source = join(import.meta.dirname, '../../..');
const realParser = join(source, 'src/parser/main.ts');
const poolModule = pathToFileURL(join(source, 'src/node/parsePool.ts')).href;
const scriptedParser = join(source, 'test/support/scriptedParser.ts');

describe('ParsePool', () => {
  const pools: ParsePool[] = [];
  const log: LogRecord[] = [];
  const counted: string[] = [];

  function pool(options: Partial<ParsePoolOptions> = {}, parsing: Partial<ParsingConfig> = {}): ParsePool {
    const made = new ParsePool({
      parserPath: scriptedParser,
      parser: {},
      logger: { log: (record) => log.push(record) },
      hangGraceMs: 300,
      ...options,
    });
    const metrics = {
      count: (counter: string) => void counted.push(counter),
      wait: () => undefined,
    } as unknown as Metrics;
    made.configure({ ...defaultConfig.parsing, processes: 1, timeoutMs: 100, ...parsing }, metrics);
    pools.push(made);
    return made;
  }

  afterEach(async () => {
    await Promise.all(pools.splice(0).map(async (made) => made.dispose()));
    log.length = 0;
    counted.length = 0;
    delete process.env['SCRIPTED_PARSER'];
  });

  describe('with the real parser', () => {
    const typescript = 'export class Greeter {\n  greet(name: string): string {\n    return `Hello ${name}`;\n  }\n}\n';

    it('chunks by syntax', async () => {
      const real = pool({ parserPath: realParser, hangGraceMs: 20_000 }, { timeoutMs: 20_000 });
      const file = await real.chunk(request(typescript, { path: 'greeter.ts', language: 'typescript' }));
      assert.equal(file.method, 'grammar');
      assert.deepEqual(
        file.chunks.map(({ startLine, endLine, kind, symbol }) => `${startLine}-${endLine} ${kind} ${symbol}`),
        ['1-5 class Greeter'],
      );
      assert.match(file.chunks[0]?.terms ?? '', /greeter.*greet.*hello/);
      assert.ok(real.memoryBytes() > 10_000_000, 'the process reports its size');
    });

    it('says which fallback is by design', async () => {
      const real = pool({ parserPath: realParser, hangGraceMs: 20_000 });
      const markdown = await real.chunk(request('# Title\n\nText.\n', { path: 'a.md', language: 'markdown' }));
      const text = await real.chunk(request('Text.\n', { path: 'a.txt', language: 'plaintext' }));
      assert.deepEqual([markdown.method, text.method], ['markdown', 'lines']);
    });

    it('works from inside a worker thread, where the engine lives', async () => {
      const code = `
        import { parentPort } from 'node:worker_threads';
        const { ParsePool } = await import(${JSON.stringify(poolModule)});
        const pool = new ParsePool({ parserPath: ${JSON.stringify(realParser)}, parser: {}, logger: { log() {} } });
        const file = await pool.chunk({ path: 'a.py', language: 'python', text: 'def f():\\n    pass\\n', maxTokens: 400, minTokens: 40 });
        await pool.dispose();
        parentPort.postMessage(file.chunks[0].symbol + ' by ' + file.method);`;
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
      const [answer] = (await once(worker, 'message')) as [string];
      assert.equal(answer, 'f by grammar');
      await worker.terminate();
    });

    it('reparses an open document to the same chunks as a closed one', async () => {
      const real = pool({ parserPath: realParser, hangGraceMs: 20_000 }, { timeoutMs: 20_000 });
      const edited = typescript.replace('return `', 'const text = `').replace('`;', '`;\n    return text;');
      for (const text of [typescript, edited, typescript]) {
        const open = await real.chunk({ ...request(text, { language: 'typescript' }), documentKey: 'doc' });
        const closed = await real.chunk(request(text, { language: 'typescript' }));
        assert.deepEqual(open.chunks, closed.chunks);
        assert.equal(open.method, 'grammar');
      }
    });
  });

  it('starts no process before the first file', async () => {
    const idle = pool();
    assert.equal(idle.memoryBytes(), 0);
    await idle.dispose();
  });

  it('remembers chunked files by content', async () => {
    const one = pool();
    const first = await one.chunk(request('same'));
    const again = await one.chunk(request('same', { path: 'moved.ts' }));
    assert.equal(again.chunks, first.chunks);
    assert.equal(again.parseMs, 0);
    const other = await one.chunk(request('same', { maxTokens: 50 }));
    assert.notEqual(other.chunks, first.chunks);
  });

  it('costs a file that kills its process one retry without the grammar, and quarantines it', async () => {
    const one = pool();
    const before = pidOf(await one.chunk(request('fine')));
    const crashed = await one.chunk(request('crash'));
    assert.deepEqual([crashed.method, crashed.fallbackReason], ['fallback', 'crash']);
    const after = pidOf(crashed);
    assert.notEqual(after, before);
    assert.deepEqual(counted, ['parserRestarts', 'parseFallbacks']);
    const again = await one.chunk(request('crash', { path: 'copy.ts' }));
    assert.equal(again.fallbackReason, 'crash');
    assert.equal(pidOf(again), after, 'the copy was not parsed, so nothing died');
  });

  it('reads a file in place when it kills a process even without the grammar', async () => {
    const one = pool();
    const text = 'crash always\n\nsecond block\n';
    const file = await one.chunk(request(text));
    assert.deepEqual([file.method, file.fallbackReason], ['fallback', 'crash']);
    assert.deepEqual(file.chunks, chunkText(request(text)));
    assert.equal((await one.chunk(request('fine'))).method, 'grammar');
  });

  it('survives that somebody kills a process at work', async () => {
    const one = pool({ hangGraceMs: 10_000 });
    const pid = pidOf(await one.chunk(request('fine')));
    const file = one.chunk(request('slow, and killed'));
    process.kill(pid, 'SIGKILL');
    assert.deepEqual([(await file).method, (await file).fallbackReason], ['fallback', 'crash']);
    assert.equal((await one.chunk(request('next'))).method, 'grammar');
  });

  it('kills a process that hangs and goes on', async () => {
    const one = pool();
    const [hung, next] = await Promise.all([one.chunk(request('hang')), one.chunk(request('fine'))]);
    assert.deepEqual([hung.method, hung.fallbackReason], ['fallback', 'timeout']);
    assert.equal(next.method, 'grammar');
  });

  it('replaces a process whose grammar failed, and one that has grown too large', async () => {
    const one = pool();
    const pids = [];
    for (const text of ['fine', 'damaged', 'then', 'grow', 'last']) pids.push(pidOf(await one.chunk(request(text))));
    const [fine, damaged, then, grow, last] = pids;
    assert.equal(damaged, fine);
    assert.notEqual(then, damaged);
    assert.equal(grow, then);
    assert.notEqual(last, grow);
    assert.equal((await one.chunk(request('damaged', { path: 'b.ts' }))).method, 'grammar', 'remembered');
  });

  it('starts without flags where the runtime refuses them', async () => {
    process.env['SCRIPTED_PARSER'] = 'refuses flags';
    const one = pool({ execArgv: ['--max-old-space-size=64'] });
    assert.equal((await one.chunk(request('fine'))).method, 'grammar');
    assert.match(log[0]?.message ?? '', /without runtime flags/);
  });

  it('chunks in place where no process can be started, and tries again later', async () => {
    process.env['SCRIPTED_PARSER'] = 'never starts';
    const one = pool({ pauseMs: 200 });
    const file = await one.chunk(request('first\n\nsecond\n'));
    assert.equal(file.method, 'fallback');
    assert.deepEqual(file.chunks, chunkText(request('first\n\nsecond\n')));
    delete process.env['SCRIPTED_PARSER'];
    await sleep(250);
    assert.equal((await one.chunk(request('other'))).method, 'grammar');
  });

  it('drops a cancelled file at once, waiting or running', async () => {
    const one = pool();
    const controller = new AbortController();
    const running = one.chunk(request('slow one'), controller.signal);
    const waiting = one.chunk(request('slow two'), controller.signal);
    const other = one.chunk(request('fine'));
    controller.abort();
    await assert.rejects(running, CancelledError);
    await assert.rejects(waiting, CancelledError);
    assert.equal((await other).method, 'grammar');
    await assert.rejects(one.chunk(request('late'), controller.signal), CancelledError);
  });

  it('keeps no hold on a signal that outlives the files', async () => {
    const one = pool();
    const controller = new AbortController();
    let listening = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...parameters: Parameters<typeof add>) => (listening++, add(...parameters));
    signal.removeEventListener = (...parameters: Parameters<typeof remove>) => (listening--, remove(...parameters));
    for (const text of ['a', 'b', 'crash']) await one.chunk(request(text), signal);
    assert.equal(listening, 0);
  });

  it('gives an open document to one process, before waiting files', async () => {
    const two = pool({}, { processes: 2 });
    const owner = pidOf(await two.chunk({ ...request('version 1'), documentKey: 'doc' }));
    const files = ['slow a', 'slow b', 'slow c', 'slow d'].map(async (text) => two.chunk(request(text)));
    const order: string[] = [];
    const document = two.chunk({ ...request('version 2'), documentKey: 'doc' });
    void document.then(() => order.push('document'));
    void Promise.all(files).then(() => order.push('files'));
    assert.equal(pidOf(await document), owner);
    await Promise.all(files);
    await sleep(0);
    assert.deepEqual(order, ['document', 'files']);
  });

  it('works on several files at once', async () => {
    const two = pool({}, { processes: 2 });
    const files = await Promise.all(['slow a', 'slow b'].map(async (text) => two.chunk(request(text))));
    assert.equal(new Set(files.map(pidOf)).size, 2);
    assert.equal(two.parallelism, 2);
  });

  it('ends a process that has nothing to do', async () => {
    const one = pool({ idleMs: 50 });
    const first = pidOf(await one.chunk(request('one')));
    await ended(first);
    assert.equal(one.memoryBytes(), 0);
    assert.notEqual(pidOf(await one.chunk(request('two'))), first);
  });

  it('leaves no process behind after dispose, and takes no more files', async () => {
    const two = pool({}, { processes: 2 });
    const pid = pidOf(await two.chunk(request('fine')));
    const waiting = assert.rejects(two.chunk(request('hang')), CancelledError);
    await two.dispose();
    await waiting;
    assert.ok(!isAlive(pid));
    await assert.rejects(two.chunk(request('late')), CancelledError);
  });

  it('ends its processes when the parent is killed', async () => {
    const code = `
      const { ParsePool } = await import(${JSON.stringify(poolModule)});
      const pool = new ParsePool({ parserPath: ${JSON.stringify(scriptedParser)}, parser: {}, logger: { log() {} } });
      const file = await pool.chunk({ path: 'a', language: 'x', text: 'fine', maxTokens: 400, minTokens: 40 });
      console.log(file.chunks[0].terms);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(/pid(\d+)/.exec(said.toString())?.[1]);
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    await ended(pid);
  });

  it('lets a program end that forgot to dispose', async () => {
    const code = `
      const { ParsePool } = await import(${JSON.stringify(poolModule)});
      const pool = new ParsePool({ parserPath: ${JSON.stringify(scriptedParser)}, parser: {}, logger: { log() {} } });
      await pool.chunk({ path: 'a', language: 'x', text: 'fine', maxTokens: 400, minTokens: 40 });`;
    const program = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    const [exitCode] = (await once(program, 'exit')) as [number];
    assert.equal(exitCode, 0);
  });

  it('hands no secret to its processes', async () => {
    process.env['SOME_API_KEY'] = 'secret';
    try {
      const one = pool();
      const pid = pidOf(await one.chunk(request('fine')));
      if (process.platform !== 'linux') return;
      const { readFile } = await import('node:fs/promises');
      assert.ok(!(await readFile(`/proc/${pid}/environ`, 'utf8')).includes('SOME_API_KEY'));
    } finally {
      delete process.env['SOME_API_KEY'];
    }
  });
});

function request(text: string, rest: Partial<ChunkRequest> = {}): ChunkRequest {
  return { path: 'file', language: 'plaintext', text, maxTokens: 400, minTokens: 40, ...rest };
}

/** The scripted parser says in the terms which process it is. */
function pidOf(file: { readonly chunks: readonly { readonly terms: string }[] }): number {
  return Number(/pid(\d+)/.exec(file.chunks[0]?.terms ?? '')?.[1]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (isAlive(pid)) await sleep(10);
}
