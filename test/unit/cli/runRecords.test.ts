import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, CancelledError } from '../../../src/protocol/errors.ts';
import { emptySnapshot } from '../../support/cliEngine.ts';
import { CliProcess } from '../../support/cliProcess.ts';
import { parsePrometheus } from '../../support/prometheusParser.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

interface CpuProfile {
  readonly nodes: readonly { readonly callFrame: { readonly functionName: string } }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

describe('what a command records beside its answer', () => {
  let home: string;
  let cli: CliProcess;

  const json = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(home, file), 'utf8')) as T;

  beforeEach(async () => {
    home = await temporaryDirectory();
    await mkdir(join(home, 'repo'));
    cli = new CliProcess(home);
  });

  it('is nothing unless it is asked for', async () => {
    await cli.run('index', 'repo', '--index-dir', 'data');
    assert.deepEqual((await readdir(home)).sort(), ['data', 'repo']);
    assert.ok(!cli.engine.calls.includes('metrics'));
  });

  it('is a CPU profile under a name with the time, and says where', async () => {
    const { exitCode, stderr } = await cli.run('index', 'repo', '--index-dir', 'data', '--cpu-prof');
    assert.equal(exitCode, 0);
    const [file, ...more] = (await readdir(home)).filter((name) => name.endsWith('.cpuprofile'));
    assert.ok(file !== undefined && more.length === 0);
    assert.match(file, /^codeweaver-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.cpuprofile$/u);
    assert.ok(stderr.includes(join(home, file)), stderr);
    const { nodes, samples, timeDeltas } = await json<CpuProfile>(file);
    assert.equal(nodes[0]?.callFrame.functionName, '(root)');
    assert.equal(samples.length, timeDeltas.length);
  });

  it('is both profiles where they are wanted', async () => {
    await cli.run('--cpu-prof=a.cpuprofile', 'index', 'repo', '--index-dir', 'data', '--heap-prof', 'b.heapprofile');
    assert.ok((await json<CpuProfile>('a.cpuprofile')).nodes.length > 0);
    assert.equal((await json<{ head: { selfSize: number } }>('b.heapprofile')).head.selfSize, 0);
  });

  it('is written when the command fails and when it is stopped, and the exit code stays', async () => {
    cli.engine.indexing = () => Promise.reject(new AppError('DiskFull', 'The disk is full.'));
    const args = ['index', 'repo', '--index-dir', 'data'];
    assert.equal((await cli.run(...args, '--cpu-prof', 'a.cpuprofile', '--metrics', 'a.prom')).exitCode, 6);
    cli.engine.indexing = () => Promise.reject(new CancelledError());
    assert.equal((await cli.run(...args, '--cpu-prof', 'b.cpuprofile', '--metrics', 'b.prom')).exitCode, 130);
    assert.deepEqual((await readdir(home)).sort(), [
      'a.cpuprofile',
      'a.prom',
      'b.cpuprofile',
      'b.prom',
      'data',
      'repo',
    ]);
  });

  it('is the metrics of the engine before it is closed, as the ending says', async () => {
    const started = Date.now();
    cli.engine.reading = () =>
      Promise.resolve({ ...emptySnapshot, counters: { ...emptySnapshot.counters, searches: 3 } });
    await cli.run('search', 'repo', 'query', '--index-dir', 'data', '--metrics', 'a.prom');
    assert.deepEqual(cli.engine.calls.slice(-2), ['metrics', 'close']);
    const families = parsePrometheus(await readFile(join(home, 'a.prom'), 'utf8'));
    assert.equal(families.get('codeweaver_searches_total')?.samples[0]?.value, 3);
    // node_exporter reads it as another user.
    assert.equal((await stat(join(home, 'a.prom'))).mode & 0o777, 0o666 & ~process.umask());

    await cli.run('search', 'repo', 'query', '--index-dir', 'data', '--metrics', 'a.json');
    const text = await readFile(join(home, 'a.json'), 'utf8');
    const [, startTime = ''] = /"startTimeUnixNano":"(\d+)"/u.exec(text) ?? [];
    assert.ok(Number(startTime) / 1e6 >= started - 1 && Number(startTime) / 1e6 <= Date.now());
  });

  it('is no metrics where the engine had nothing to do, and says so', async () => {
    const { exitCode, stderr } = await cli.run('clear', 'repo', '--index-dir', 'data', '--metrics', 'a.prom');
    assert.equal(exitCode, 0);
    assert.match(stderr, /Nothing was measured, so a\.prom was not written\./u);
    assert.deepEqual(await readdir(home), ['repo']);
  });

  it('keeps the answer, and ends with 6, when it cannot be written', async () => {
    const { exitCode, stdout, stderr } = await cli.run(
      ...['search', 'repo', 'query', '--index-dir', 'data', '--json', '--metrics', 'nowhere/a.prom'],
    );
    assert.equal(exitCode, 6);
    assert.equal((JSON.parse(stdout) as { results: unknown[] }).results.length, 1);
    assert.match(stderr, /error: .*nowhere.a\.prom cannot be written/u);
  });

  it('says so when the metrics cannot be had', async () => {
    cli.engine.reading = () => Promise.reject(new AppError('StorageFailed', 'The database cannot be read.'));
    const { exitCode, stderr } = await cli.run('index', 'repo', '--index-dir', 'data', '--metrics', 'a.prom');
    assert.equal(exitCode, 6);
    assert.match(stderr, /The database cannot be read\./u);
  });

  const wrong: Record<string, string[]> = {
    'metrics in an unknown format': ['index', 'repo', '--metrics', 'a.csv'],
    'metrics to stdout, which belongs to results': ['index', 'repo', '--metrics', '-'],
    'a profile that takes the folder for its file': ['index', '--cpu-prof', 'repo'],
    'a heap profile with the ending of the other kind': ['index', 'repo', '--heap-prof', 'a.cpuprofile'],
  };
  for (const [name, args] of Object.entries(wrong)) {
    it(`refuses ${name}`, async () => {
      const { exitCode, stderr } = await cli.run(...args);
      assert.equal(exitCode, 2);
      assert.match(stderr, /must end with/u);
      assert.deepEqual(await readdir(home), ['repo']);
    });
  }
});
