import { resolve } from 'node:path';
import type { ProfileRecording } from '../core/ports.ts';
import { startProfile } from '../node/profiler.ts';
import type { EngineApi, ProfileKind } from '../protocol/engineApi.ts';
import { toAppError, type AppError } from '../protocol/errors.ts';
import type { MetricsSnapshot } from '../protocol/metrics.ts';
import { profileFileName } from '../util/profileFileName.ts';
import type { CliEnvironment } from './environment.ts';
import { metricsFormat } from './metrics/metricsText.ts';
import type { GlobalOptions } from './options.ts';
import type { Terminal } from './terminal.ts';
import { writeTextFile } from './textFile.ts';

/** As other programs write files: node_exporter reads metrics as another user. */
const fileMode = 0o666;

type Options = Pick<GlobalOptions, 'cpuProf' | 'heapProf' | 'metrics'>;

interface Profiling {
  readonly kind: ProfileKind;
  readonly path: string;
  readonly recording: ProfileRecording;
}

/** What a command records beside its answer, where an option asks for it: profiles of this process, the engine's metrics. */
export class RunRecords {
  readonly #options: Options;
  readonly #environment: CliEnvironment;
  readonly #startedAt = Date.now();
  #profiles: readonly Profiling[] = [];
  #metrics: Promise<MetricsSnapshot> | undefined;

  private constructor(options: Options, environment: CliEnvironment) {
    this.#options = options;
    this.#environment = environment;
  }

  /** Begins what goes on from the beginning of a command to its end. */
  static async start(options: Options, environment: CliEnvironment): Promise<RunRecords> {
    const records = new RunRecords(options, environment);
    const { cpuProf, heapProf } = options;
    records.#profiles = [...(await records.#profile('heap', heapProf)), ...(await records.#profile('cpu', cpuProf))];
    return records;
  }

  /** Keeps the engine's metrics as they are; it is about to be closed. Never rejects: {@link finish} does the talking. */
  async keepMetrics(engine: Pick<EngineApi, 'metrics'>): Promise<void> {
    if (this.#options.metrics === undefined) return;
    this.#metrics = engine.metrics();
    await this.#metrics.catch(() => undefined);
  }

  /** Ends the recordings, writes every file and says where profiles are. Resolves with what could not be written. */
  async finish(terminal: Terminal): Promise<AppError[]> {
    const done = await Promise.allSettled([
      ...this.#profiles.map(async ({ kind, path, recording }) => {
        await writeTextFile(path, await recording.stop(), fileMode);
        terminal.note(`${kind === 'cpu' ? 'CPU' : 'Heap'} profile: ${path} (VS Code opens it)`);
      }),
      this.#writeMetrics(terminal),
    ]);
    return done.flatMap((result) => (result.status === 'rejected' ? [toAppError(result.reason)] : []));
  }

  async #profile(kind: ProfileKind, file: string | true | undefined): Promise<Profiling[]> {
    if (file === undefined) return [];
    const name = file === true ? profileFileName(kind, new Date()) : file;
    const path = resolve(this.#environment.workingDirectory, name);
    return [{ kind, path, recording: await startProfile(kind) }];
  }

  async #writeMetrics(terminal: Terminal): Promise<void> {
    const { metrics: file } = this.#options;
    if (file === undefined) return;
    if (this.#metrics === undefined) {
      terminal.note(`Nothing was measured, so ${file} was not written.`);
      return;
    }
    const text = metricsFormat(file)?.(await this.#metrics, this.#startedAt);
    if (text !== undefined) await writeTextFile(resolve(this.#environment.workingDirectory, file), text, fileMode);
  }
}
