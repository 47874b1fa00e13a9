import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { EngineClient } from '../../src/node/engineClient.ts';
import { startEngineWorker } from '../../src/node/engineWorker.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import type { AppError } from '../../src/protocol/errors.ts';
import { extension, until } from '../support/extensionHost.ts';

/** The processes below this one, by command line; a POSIX system is asked with ps. */
function childProcesses(): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const own = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line)).filter((match) => match !== null);
  return own.filter(([, , parent]) => Number(parent) === process.pid).map(([, , , args]) => args ?? '');
}

const parsers = (): number => childProcesses().filter((args) => args.includes('parser.js')).length;

describe('the engine in its worker', function () {
  if (process.platform === 'win32') return;

  async function withEngine(use: (engine: EngineClient, kill: () => Promise<void>) => Promise<void>): Promise<void> {
    const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-engine-'));
    await writeFile(join(scratch, 'otter.ts'), 'export function otterSlide(): void {}\n');
    const path = (file: string): string => join(extension().extensionPath, file);
    let kill = async (): Promise<void> => undefined;
    const engine = new EngineClient({
      start: () => {
        const worker = startEngineWorker(path('dist/worker.js'), {
          cacheDir: join(scratch, 'cache'),
          assetsDir: path('media'),
          parserPath: path('dist/parser.js'),
          shardPath: path('dist/shard.js'),
        });
        kill = () => worker.terminate();
        return worker;
      },
      fetch: (url, init) => fetch(url, init),
      clock: nodeClock,
      onCrash: () => undefined,
    });
    try {
      await engine.openFolder({ folderId: 'f', root: scratch, indexDir: join(scratch, 'index') });
      await use(engine, () => kill());
    } finally {
      await engine.close();
      await rm(scratch, { recursive: true, force: true });
    }
  }

  it('leaves no process behind when it is closed', async () => {
    const before = parsers();
    await withEngine(async (engine) => {
      const { counts } = await engine.index('f');
      assert.equal(counts.indexed, 1);
      assert.ok(parsers() > before);
    });
    await until('the parse processes gone', () => parsers() === before);
  });

  it('leaves no process behind when it is killed, and answers again from what it stored', async () => {
    const before = parsers();
    await withEngine(async (engine, kill) => {
      await engine.index('f');
      const pending = engine.search({ query: 'otterSlide' });
      await kill();
      await pending.catch((error: AppError) => assert.equal(error.code, 'ChannelClosed'));
      await until('the parse processes gone', () => parsers() === before);
      const { results } = await engine.search({ query: 'otterSlide' });
      assert.equal(results[0]?.path, 'otter.ts');
    });
    await until('the parse processes gone', () => parsers() === before);
  });
});
