import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineClient } from '../../src/node/engineClient.ts';
import { startEngineWorker } from '../../src/node/engineWorker.ts';
import { nodeClock } from '../../src/node/nodeClock.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import { rejects } from '../support/engineFixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const project = join(import.meta.dirname, '../..');

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

/** As the DevTools protocol has it: `Profiler.Profile`. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
  readonly startTime: number;
  readonly endTime: number;
}

/** `HeapProfiler.SamplingHeapProfileNode` */
interface HeapNode {
  readonly callFrame: Frame;
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

function nodesOf(node: HeapNode): HeapNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

describe('profiles of the engine in its worker thread', () => {
  let directory: string;
  let engine: EngineClient;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    engine = new EngineClient({
      start: () =>
        startEngineWorker(join(project, 'src/worker/main.ts'), {
          cacheDir: join(directory, 'cache'),
          assetsDir: join(project, 'media'),
          parserPath: join(project, 'src/parser/main.ts'),
          shardPath: join(project, 'src/worker/shard.ts'),
        }),
      fetch: async (url, init) => fetch(url, init),
      clock: nodeClock,
      onCrash: () => undefined,
    });
  });
  afterEach(async () => engine.close());

  /** Opens a folder with the embedded model: some work, some memory. */
  async function work(): Promise<void> {
    await engine.configure(defaultConfig, {}, { remoteProvider: false });
    await engine.openFolder({ folderId: 'f', root: directory, indexDir: join(directory, 'index') });
    await engine.status();
  }

  it('tell where time went, in the format of .cpuprofile', async () => {
    const path = join(directory, 'a.cpuprofile');
    await engine.startProfile('cpu');
    await work();
    await engine.stopProfile('cpu', path);
    const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(await readFile(path, 'utf8')) as CpuProfile;
    const ids = new Set(nodes.map(({ id }) => id));
    assert.ok(samples.length > 0 && samples.every((id) => ids.has(id)));
    assert.equal(timeDeltas.length, samples.length);
    assert.ok(endTime > startTime);
    assert.ok(nodes.some(({ callFrame }) => callFrame.url.includes('/src/core/')));
  });

  it('tell who holds memory, in the format of .heapprofile', async () => {
    const path = join(directory, 'a.heapprofile');
    await engine.startProfile('heap');
    await work();
    await engine.stopProfile('heap', path);
    const { head, samples } = JSON.parse(await readFile(path, 'utf8')) as { head: HeapNode; samples: unknown[] };
    assert.equal(head.callFrame.functionName, '(root)');
    assert.ok(nodesOf(head).some(({ selfSize }) => selfSize > 0));
    assert.ok(samples.length > 0);
  });

  it('are one of each kind at a time, and the first goes on when a second is refused', async () => {
    await engine.startProfile('cpu');
    await engine.startProfile('heap');
    await rejects(engine.startProfile('cpu'), 'ProfileRunning');
    await engine.stopProfile('cpu', join(directory, 'a.cpuprofile'));
    await engine.startProfile('cpu');
    await engine.stopProfile('cpu', join(directory, 'a.cpuprofile'));
    await engine.stopProfile('heap', join(directory, 'a.heapprofile'));
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith('a.')),
      ['a.cpuprofile', 'a.heapprofile'],
    );
  });

  it('cannot be stopped unless they were started, and are over when they cannot be written', async () => {
    await rejects(engine.stopProfile('cpu', join(directory, 'a.cpuprofile')), 'NotFound');
    await engine.startProfile('cpu');
    await rejects(engine.stopProfile('cpu', join(directory, 'nowhere/a.cpuprofile')), 'StorageFailed');
    await engine.startProfile('cpu');
  });
});
