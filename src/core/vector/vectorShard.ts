import { AppError, toAppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { VectorEngine } from '../../protocol/config.ts';
import type { ShardStats } from '../../protocol/vectorStats.ts';
import type { Clock, Logger, Storage } from '../ports.ts';
import { Calibration, type FilterWidth } from './calibration.ts';
import { graphPlan, searchPlan, walkMs } from './planner.ts';
import type { ShardApi, ShardHits, ShardOptions, ShardQuery } from './shardApi.ts';
import { readShardImage, writeShardImage } from './shardImage.ts';
import { VectorKernel, type KernelCode } from './vectorKernel.ts';

export interface ShardSurroundings {
  readonly loadKernel: () => Promise<KernelCode>;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Length of one slice of background work. */
const sliceMs = 8;
/** Rows inserted between two looks at the clock: about a millisecond. */
const insertsPerLook = 4;
/** A graph that has lost more than this share of its rows is built anew. */
const maxGhostShare = 0.25;
/** What a graph has to have lost before it is built anew for the sake of recall. */
const minGhostShare = 0.05;
/** Rows that have to have changed before the filter is calibrated anew for the sake of recall. */
const minChangedShare = 0.1;
/** Measured again when the number of rows has changed by this factor. */
const remeasureFactor = 1.5;
const costSamples = 5;
const probes = 2_000;
/** Most candidates the kernel's walk can have. */
const maxEf = 4_096;

/**
 * One part of an index in one kernel: up to some hundred thousand rows. Searches go by a filter over the rows' signs that is
 * calibrated to the vectors, or by a graph where that is measured to pay; new rows are found at once, as what the graph
 * does not have yet is scanned. Building and measuring happen in slices, between which other calls are answered.
 */
export class VectorShard implements ShardApi {
  readonly #surroundings: ShardSurroundings;
  #options: ShardOptions | undefined;
  #kernel: VectorKernel | undefined;
  #build = '';
  #engine: VectorEngine = 'auto';
  #sequence = 0;
  #savedSequence = 0;
  #calibration: Calibration | undefined;
  #width: FilterWidth | undefined;
  #costs: ShardStats['costs'];
  #measuredRows = 0;
  /** Rows added, replaced or removed since the calibration. */
  #changedRows = 0;
  #lastWay: ShardStats['way'] = 'flat';
  #graphFails = false;
  #background: Promise<void> | undefined;
  #hasWork = false;
  #saving: Promise<void> = Promise.resolve();
  #savesRunning = 0;
  #disposed = false;

  constructor(surroundings: ShardSurroundings) {
    this.#surroundings = surroundings;
  }

  async open(options: ShardOptions, path: string | undefined): Promise<{ restored: boolean; count: number }> {
    const { storage, loadKernel } = this.#surroundings;
    const code = await loadKernel();
    this.#options = options;
    this.#engine = options.engine;
    this.#build = code.build;
    const file = path === undefined ? undefined : await storage.open(path);
    try {
      const image = file === undefined ? undefined : await readShardImage(code, options, options.spaceId, file);
      if (image !== undefined) {
        this.#kernel = image.kernel;
        this.#sequence = this.#savedSequence = image.sequence;
        this.#schedule();
        return { restored: true, count: image.kernel.count };
      }
    } catch (error) {
      const { code: errorCode, message } = toAppError(error);
      if (errorCode !== 'SnapshotDamaged') throw error;
      this.#log('The vector snapshot is not usable and is rebuilt from the cache', message);
    } finally {
      await file?.close();
    }
    this.#kernel = VectorKernel.create(code, options);
    return { restored: false, count: 0 };
  }

  async add(ids: Float64Array, vectors: Float32Array): Promise<number> {
    const kernel = this.#open();
    this.#sequence += ids.length;
    this.#changedRows += ids.length;
    try {
      kernel.add(ids, vectors);
    } finally {
      this.#schedule();
    }
    return kernel.count;
  }

  async remove(ids: Float64Array): Promise<number> {
    const kernel = this.#open();
    let removed = 0;
    for (const id of ids) if (kernel.remove(id)) removed++;
    this.#sequence += removed;
    this.#changedRows += removed;
    if (removed > 0) this.#schedule();
    return kernel.count;
  }

  async get(id: number): Promise<Float32Array | undefined> {
    return this.#open().get(id);
  }

  async ids(): Promise<Float64Array> {
    return this.#open().ids();
  }

  async search({ query, limit, ef, allowed, exact, effort = 1 }: ShardQuery): Promise<ShardHits> {
    const kernel = this.#open();
    kernel.ask(query);
    const rows = kernel.count;
    const allowedRows = allowed === undefined ? rows : kernel.allow(allowed);
    const choice = { allowedOnly: allowed !== undefined };
    const graphed = kernel.nodes - kernel.ghosts;
    const engine = exact ? 'exact' : this.#engine;
    const plan = searchPlan({ engine, limit, rows, graphed, allowed: allowedRows, width: this.#width, effort });
    kernel.begin(limit);
    switch (plan.way) {
      case 'graph': {
        const ghostFactor = kernel.nodes / graphed;
        kernel.walk(Math.min(maxEf, Math.ceil(Math.max(ef, limit) * plan.efFactor * ghostFactor)), choice);
        if (graphed < rows) this.#scanOrFlat(plan.wanted, { ...choice, ungraphedOnly: true });
        break;
      }
      case 'scan':
        kernel.scan(plan.wanted, choice);
        break;
      case 'flat':
        kernel.flat(choice);
        break;
    }
    this.#lastWay = plan.way;
    const hits = kernel.finish();
    if (plan.way === 'flat' || hits.ids.length >= Math.min(limit, allowedRows))
      return { ...hits, maxError: kernel.maxError };
    // A walk can miss rows that no link leads to, or end among removed ones.
    kernel.begin(limit);
    kernel.flat(choice);
    return { ...kernel.finish(), maxError: kernel.maxError };
  }

  async setEngine(engine: VectorEngine): Promise<void> {
    if (engine === this.#engine) return;
    this.#engine = engine;
    this.#schedule();
  }

  async rebuild(): Promise<boolean> {
    const kernel = this.#open();
    const isWorn = kernel.ghosts > minGhostShare * kernel.nodes;
    const isOutdated = this.#changedRows > minChangedShare * kernel.count;
    if (isWorn) {
      kernel.dropGraph();
      this.#sequence++;
    }
    if (isOutdated) this.#measuredRows = 0;
    if (isWorn || isOutdated) this.#schedule();
    return isWorn || isOutdated;
  }

  async save(path: string): Promise<void> {
    const saved = this.#saving.then(() => this.#save(path));
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async settle(): Promise<void> {
    while (this.#background !== undefined) await this.#background;
  }

  async stats(): Promise<ShardStats> {
    const kernel = this.#open();
    const { wanted, reason } = this.#graphPlan();
    const graphed = kernel.nodes - kernel.ghosts;
    return {
      count: kernel.count,
      bytes: kernel.bytes,
      isHere: true,
      graphed,
      ghosts: kernel.ghosts,
      sequence: this.#sequence,
      way: this.#lastWay,
      plan: wanted && graphed < kernel.count ? 'graphBuilding' : reason,
      ...(this.#width === undefined ? {} : { filter: this.#width }),
      ...(this.#costs === undefined ? {} : { costs: this.#costs }),
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.allSettled([this.#saving, this.settle()]);
    this.#kernel = undefined;
  }

  #open(): VectorKernel {
    if (this.#kernel === undefined || this.#disposed)
      throw new AppError('Internal', phrase`The vector index is not open.`);
    return this.#kernel;
  }

  #scanOrFlat(wanted: number, choice: { ungraphedOnly: boolean }): void {
    if (wanted === 0) this.#open().flat(choice);
    else this.#open().scan(wanted, choice);
  }

  async #save(path: string): Promise<void> {
    const { storage, clock } = this.#surroundings;
    if (this.#disposed || this.#sequence === this.#savedSequence) return;
    const source = {
      kernel: this.#open(),
      build: this.#build,
      spaceId: this.#options!.spaceId,
      sequence: () => this.#sequence,
    };
    this.#savesRunning++;
    try {
      await storage.replace(path, async (file) => {
        this.#savedSequence = await writeShardImage(source, file, clock);
      });
    } catch (error) {
      this.#savedSequence = -1;
      throw error;
    } finally {
      this.#savesRunning--;
      this.#schedule();
    }
  }

  /** Runs the background work; when it runs already, it looks once more. */
  #schedule(): void {
    this.#hasWork = true;
    this.#background ??= this.#work().finally(() => {
      this.#background = undefined;
      if (this.#hasWork) this.#schedule();
    });
  }

  async #work(): Promise<void> {
    const { clock } = this.#surroundings;
    try {
      do {
        await clock.yield();
        this.#hasWork = false;
        // A graph that changes all over would have to be copied again and again: building waits for a save to end.
      } while (!this.#disposed && this.#savesRunning === 0 && this.#slice());
    } catch (error) {
      this.#log('Vector index maintenance failed', toAppError(error).message);
    }
  }

  /** Does some of the work there is; false when there is none. */
  #slice(): boolean {
    const { clock } = this.#surroundings;
    const kernel = this.#open();
    const rows = kernel.count;
    if (this.#calibration !== undefined || isFar(rows, this.#measuredRows)) {
      this.#measure(kernel, rows);
      return true;
    }
    const { wanted } = this.#graphPlan();
    if (kernel.nodes > 0 && (this.#engine === 'exact' || kernel.ghosts > maxGhostShare * kernel.nodes)) {
      kernel.dropGraph();
      this.#sequence++;
      return true;
    }
    if (!wanted || this.#graphFails || kernel.nodes - kernel.ghosts >= rows) return false;
    const deadline = clock.monotonicMs() + sliceMs;
    this.#sequence++;
    try {
      let inserted = 0;
      do inserted = kernel.insert(insertsPerLook);
      while (inserted > 0 && clock.monotonicMs() < deadline);
    } catch (error) {
      // No memory for links: the scan needs none.
      this.#graphFails = true;
      kernel.dropGraph();
      this.#log('The vector graph cannot be built; searches scan all vectors instead', toAppError(error).message);
    }
    return true;
  }

  /** One step of the calibration; after its last, what searches cost. */
  #measure(kernel: VectorKernel, rows: number): void {
    if (this.#calibration === undefined) this.#changedRows = 0;
    this.#calibration ??= new Calibration(kernel);
    const width = this.#calibration.step();
    if (width === undefined) return;
    this.#calibration = undefined;
    this.#measuredRows = rows;
    this.#width = width;
    this.#costs = rows === 0 ? undefined : this.#measureCosts(kernel, rows);
  }

  /** The last query of the calibration is still set. */
  #measureCosts(kernel: VectorKernel, rows: number): NonNullable<ShardStats['costs']> {
    const { clock } = this.#surroundings;
    const timed = (body: () => void): number => {
      const times = Array.from({ length: costSamples }, () => {
        const start = clock.monotonicMs();
        body();
        return clock.monotonicMs() - start;
      });
      return times.sort((a, b) => a - b)[costSamples >> 1]!;
    };
    const plan = searchPlan({ engine: 'auto', limit: 10, rows, graphed: 0, allowed: rows, width: this.#width });
    const scanMs = timed(() => {
      kernel.begin(10);
      if (plan.way === 'flat') kernel.flat();
      else kernel.scan(plan.wanted);
      kernel.finish();
    });
    return { scanMs, walkMs: walkMs(timed(() => kernel.probe(probes)) / probes) };
  }

  #graphPlan(): ReturnType<typeof graphPlan> {
    return graphPlan({ engine: this.#engine, rows: this.#open().count, costs: this.#costs });
  }

  #log(message: string, error: string): void {
    this.#surroundings.logger.log({ level: 'warn', message, fields: { error } });
  }
}

function isFar(rows: number, measured: number): boolean {
  return rows > measured * remeasureFactor || rows * remeasureFactor < measured;
}
