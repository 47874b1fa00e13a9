import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliFolder, eventually, remoteOptions } from '../support/cliFolder.ts';
import { startEmbeddingServer } from '../support/embeddingServer.ts';
import { parsePrometheus } from '../support/prometheusParser.ts';
import { temporaryDirectory } from '../support/temporary.ts';

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly url: string } }[];
  readonly samples: readonly number[];
}

interface HeapProfile {
  readonly head: { readonly children: readonly object[] };
}

interface OtlpSum {
  readonly name: string;
  readonly sum?: { readonly dataPoints: readonly { readonly asInt: string }[] };
}

describe('what the built command line records', () => {
  let folder: CliFolder;
  let out: string;

  const json = async <T>(file: string): Promise<T> => JSON.parse(await readFile(join(out, file), 'utf8')) as T;

  beforeEach(async () => {
    folder = await CliFolder.create(20);
    out = await temporaryDirectory();
  });

  it('is profiles and metrics of an indexing pass', async () => {
    const { exitCode, stderr } = await folder.run(
      ...['index', '--cpu-prof', join(out, 'a.cpuprofile'), '--heap-prof', join(out, 'a.heapprofile')],
      ...['--metrics', join(out, 'a.prom')],
    );
    assert.equal(exitCode, 0, stderr);
    const { nodes, samples } = await json<CpuProfile>('a.cpuprofile');
    assert.ok(samples.length > 0);
    assert.ok(nodes.some(({ callFrame }) => callFrame.url.endsWith('/dist/cli.js')));
    assert.ok((await json<HeapProfile>('a.heapprofile')).head.children.length > 0);
    const families = parsePrometheus(await readFile(join(out, 'a.prom'), 'utf8'));
    assert.equal(families.get('codeweaver_files_indexed_total')?.samples[0]?.value, 20);
    const parsed = families.get('codeweaver_stage_duration_seconds')?.samples ?? [];
    assert.equal(parsed.find(({ name, labels }) => name.endsWith('_count') && labels['stage'] === 'parse')?.value, 20);
    assert.ok((families.get('codeweaver_engine_rss_bytes')?.samples[0]?.value ?? 0) > 1e7);
  });

  it('is metrics in the form of OpenTelemetry beside an answer on stdout', async () => {
    const { results } = await folder.json<{ results: unknown[] }>('search', 'upload', '--metrics', join(out, 'a.json'));
    assert.ok(results.length > 0);
    const { resourceMetrics } = await json<{ resourceMetrics: { scopeMetrics: { metrics: OtlpSum[] }[] }[] }>('a.json');
    const metrics = resourceMetrics[0]?.scopeMetrics[0]?.metrics ?? [];
    assert.equal(metrics.find(({ name }) => name === 'codeweaver.searches')?.sum?.dataPoints[0]?.asInt, '1');
  });

  it('is there after Ctrl+C as well', async () => {
    const server = await startEmbeddingServer({ dimensions: 32 });
    try {
      server.script({ hang: true, times: 1_000 });
      const run = folder.start(
        ...['index', ...remoteOptions(server.url), '--cpu-prof', join(out, 'a.cpuprofile')],
        ...['--metrics', join(out, 'a.prom')],
      );
      await eventually(() => server.requests.length > 0, 'the first request');
      run.killAll('SIGINT');
      const { exitCode, stderr } = await run.result;
      assert.equal(exitCode, 130, stderr);
      assert.ok((await json<CpuProfile>('a.cpuprofile')).samples.length > 0);
      const families = parsePrometheus(await readFile(join(out, 'a.prom'), 'utf8'));
      assert.equal(families.get('codeweaver_stage_duration_seconds')?.type, 'summary');
    } finally {
      await server.close();
    }
  });
});
