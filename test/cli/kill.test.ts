import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCliProcess, startCli } from '../support/cliRun.ts';
import { startEmbeddingServer, type EmbeddingServer } from '../support/embeddingServer.ts';
import { seededRandom } from '../../src/util/seededRandom.ts';
import { GeneratedRepository } from '../support/generatedRepository.ts';
import type { RecordedRequest } from '../support/serverFaults.ts';
import { StoredIndex } from '../support/storedIndex.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** 20 in `npm test`; `npm run test:faults` asks for 200. */
const kills = Number(process.env['CODEWEAVER_KILLS'] ?? 20);
const seed = Number(process.env['CODEWEAVER_SEED'] ?? 1);
/** Requests the command line may have in flight, `--concurrency`. */
const concurrency = 4;

interface Status {
  readonly files: Readonly<Record<'discovered' | 'indexed' | 'pending' | 'failed' | 'skipped', number>>;
  readonly chunks: number;
  readonly vectors: number;
  readonly integrity: string;
}

describe(`kill -9 of the command line, ${kills} times at random moments (seed ${seed})`, function () {
  this.timeout(60_000 + kills * 15_000);

  let server: EmbeddingServer;
  let reference: EmbeddingServer;
  let repository: GeneratedRepository;
  let directory: string;
  let dataDir: string;
  let queryFile: string;
  let generation = 0;

  before(async () => {
    // Answers take a moment, so that there is always something in flight.
    server = await startEmbeddingServer({ dimensions: 64, latencyMs: 20 });
    reference = await startEmbeddingServer({ dimensions: 64 });
    directory = await temporaryDirectory('kill');
    repository = new GeneratedRepository(join(directory, 'repository'), seed);
    await repository.add(40);
    queryFile = join(directory, 'queries.jsonl');
    const queries = ['parse token', 'retry invoice', 'open socket header', 'merge ledger'];
    await writeFile(queryFile, queries.map((query, id) => JSON.stringify({ id, query })).join('\n'));
    startOver();
  });

  after(async () => {
    await server.close();
    await reference.close();
  });

  /** A new index without a past; the requests of the last one are accounted for. */
  function startOver(): void {
    dataDir = join(directory, `data${generation++}`);
  }

  function indexArguments(where: string, { url }: EmbeddingServer): string[] {
    const provider = ['--base-url', url, '--model', 'test', '--max-batch-inputs', '8'];
    const limits = ['--concurrency', String(concurrency), '--max-retries', '0', '--no-progress'];
    return ['index', repository.root, '--index-dir', where, ...provider, ...limits];
  }

  async function json<T>(...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await runCliProcess(...args);
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  async function status(): Promise<Status> {
    return json('status', repository.root, '--index-dir', dataDir, '--json');
  }

  /** What the killed index must be like in the end: one made from the same files in one go. */
  async function cleanIndex(): Promise<{
    readonly stored: StoredIndex;
    readonly where: string;
    readonly tookMs: number;
  }> {
    const where = join(directory, `clean${generation++}`);
    const startMs = performance.now();
    const { exitCode, stderr } = await runCliProcess(...indexArguments(where, reference));
    assert.equal(exitCode, 0, stderr);
    return { stored: new StoredIndex(where), where, tookMs: performance.now() - startMs };
  }

  async function topResults(where: string): Promise<unknown> {
    const options = ['--index-dir', where, '--no-update', '--mode', 'semantic', '-k', '10'];
    const { exitCode, stdout, stderr } = await runCliProcess(
      'search',
      repository.root,
      '--queries',
      queryFile,
      ...options,
    );
    assert.equal(exitCode, 0, stderr);
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const { results } = JSON.parse(line) as { results: { path: string; startLine: number }[] };
        return results.map(({ path, startLine }) => `${path}:${startLine}`).sort();
      });
  }

  /** Nothing that is in the cache was asked for again; what was delivered and lost was in flight at the kill. */
  class Payments {
    #isPaid: (text: string) => boolean = () => false;

    check(requests: readonly RecordedRequest[]): void {
      for (const text of requests.flatMap(({ inputs }) => inputs)) {
        assert.ok(!this.#isPaid(text), `embedded again although its vector was stored: ${text.slice(0, 60)}`);
      }
      const seen = new Set<string>();
      for (const text of requests.flatMap(({ inputs }) => inputs)) {
        assert.ok(!seen.has(text), `asked for twice in one run: ${text.slice(0, 60)}`);
        seen.add(text);
      }
      this.#isPaid = new StoredIndex(dataDir).cachedTexts();
      const delivered = requests.filter(({ status: code, closedEarly }) => code === 200 && closedEarly !== true);
      const lost = delivered.filter(({ inputs }) => !inputs.every((text) => this.#isPaid(text)));
      assert.ok(
        lost.length <= concurrency,
        `${lost.length} delivered answers were lost, ${concurrency} can be in flight`,
      );
      for (const request of lost) {
        assert.ok(
          delivered.indexOf(request) >= delivered.length - concurrency,
          'an answer before the last ones was lost',
        );
        assert.ok(!request.inputs.some((text) => this.#isPaid(text)), 'half an answer was stored');
      }
    }
  }

  it('leaves an index that opens, is whole, loses and doubles nothing, and pays for no text twice', async () => {
    const random = seededRandom(seed);
    const { tookMs } = await cleanIndex();
    let payments = new Payments();
    let finished = 0;
    // A renamed file keeps its vectors, which were made with its old path: near those of a clean index, not equal.
    let renamed = false;

    async function assertComplete(): Promise<void> {
      const { stored, where } = await cleanIndex();
      assert.deepEqual(new StoredIndex(dataDir).chunks(), stored.chunks());
      if (!renamed) assert.deepEqual(await topResults(dataDir), await topResults(where));
      const { files, chunks, vectors } = await status();
      assert.equal(files.pending + files.failed, 0);
      assert.equal(vectors, chunks);
    }

    for (let kill = 0; kill < kills;) {
      const before = server.requests.length;
      const run = startCli(indexArguments(dataDir, server));
      const ended = await Promise.race([run.result, sleep(random() * tookMs * 0.9, undefined)]);
      if (ended === undefined) {
        // The command line alone, whose parse processes must notice; or everything, as when the machine goes down.
        if (random() < 0.5) run.kill('SIGKILL');
        else run.killAll('SIGKILL');
        kill++;
      }
      const { exitCode, stderr } = await run.result;
      await run.allGone();
      // The server notices the closed connections in its own time.
      await sleep(50);
      assert.ok(exitCode === 128 + constants.signals.SIGKILL || exitCode === 0, stderr);
      payments.check(server.requests.slice(before));

      const { files, chunks, vectors, integrity } = await status();
      assert.equal(integrity, 'ok');
      assert.equal(files.indexed + files.pending + files.failed + files.skipped, files.discovered);
      assert.ok(vectors <= chunks);
      const stored = new StoredIndex(dataDir);
      assert.equal(stored.orphans(), 0);
      const places = stored.chunks().map((chunk) => chunk.slice(0, chunk.indexOf(' ')));
      assert.equal(new Set(places).size, places.length, 'a chunk is there twice');
      if (exitCode === 0) {
        finished++;
        await assertComplete();
        // Half the time the next kills hit an update, half the time a first indexing.
        const renames = random() < 0.5;
        await repository.change({ renames });
        renamed ||= renames;
        if (random() < 0.5) {
          startOver();
          payments = new Payments();
          renamed = false;
        }
      }
    }

    const before = server.requests.length;
    const { exitCode, stderr } = await runCliProcess(...indexArguments(dataDir, server));
    assert.equal(exitCode, 0, stderr);
    payments.check(server.requests.slice(before));
    await assertComplete();
    assert.ok(finished > 0 || kills < 20, 'the kills came so early that no run ever finished');
  });
});
