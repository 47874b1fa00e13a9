import { duplicateDefaults } from '../../src/protocol/duplicates.ts';
import { type EngineApi, engineMethods } from '../../src/protocol/engineApi.ts';
import { endpointTest, planOf, spendingOf } from './costs.ts';
import { probeOf } from './probes.ts';
import type { EngineStatus, IndexReport, SearchResponse } from '../../src/protocol/types.ts';

export const emptyReport: IndexReport = {
  counts: { discovered: 0, indexed: 0, pending: 0, failed: 0, skipped: 0 },
  filesChunked: 0,
  filesUnchanged: 0,
  filesRemoved: 0,
  chunksAdded: 0,
  chunksRemoved: 0,
  chunksEmbedded: 0,
  chunksFromCache: 0,
  requests: 0,
  tokens: 0,
  totalMs: 0,
};

export const emptyStatus: EngineStatus = {
  folders: [],
  cache: { entries: 0, bytes: 0, maxBytes: 0 },
  provider: { id: 'embedded', state: 'none', requests: 0, tokens: 0, retries: 0 },
  spending: spendingOf(),
  memory: { state: 'normal', workingBytes: 0, totalBytes: 0, softLimitBytes: 400e6, criticalLimitBytes: 2e9 },
};

export const emptyResponse: SearchResponse = {
  results: [],
  mode: 'lexical',
  cached: false,
  timings: { totalMs: 0 },
};

export interface RecordedCall {
  readonly method: keyof EngineApi;
  /** Without the signal. */
  readonly args: readonly unknown[];
}

/** An engine that does nothing but record its calls (newest last) and answer with `answers`, else emptily. */
export function createRecordingEngine(
  answers: Partial<EngineApi> = {},
): EngineApi & { readonly calls: RecordedCall[] } {
  const calls: RecordedCall[] = [];
  const empty: EngineApi = {
    configure: async () => undefined,
    openFolder: async () => undefined,
    closeFolder: async () => undefined,
    index: async () => emptyReport,
    applyChanges: async () => emptyReport,
    updateDocument: async () => undefined,
    search: async () => emptyResponse,
    findSimilar: async () => emptyResponse,
    findDuplicates: async () => ({
      ...{ groups: [], found: 0, chunks: 0, byVectors: false, totalMs: 0 },
      ...{ threshold: duplicateDefaults.threshold, minLines: duplicateDefaults.minLines },
    }),
    chunks: async (_folderId, path) => ({ path, language: 'plaintext', unsaved: false, chunks: [] }),
    status: async () => emptyStatus,
    health: async () => ({ ok: true, ms: 0, checks: [] }),
    checkRecall: async () => undefined,
    files: async () => [],
    why: async (_folderId, path) => ({ path, state: 'missing', detail: '' }),
    metrics: async () => ({ at: 0, stages: {}, counters: {} as never, gauges: {} }),
    history: async () => [],
    benchmark: async () => ({
      ...{ at: 0, tookMs: 0, measures: [], targets: [] },
      machine: { processor: '', cores: 1, memoryBytes: 0 },
    }),
    startProfile: async () => undefined,
    stopProfile: async () => undefined,
    probe: async () => probeOf({}),
    testEndpoint: async () => endpointTest,
    plan: async ({ folderId }) => planOf({ folderId }),
    clear: async () => undefined,
    close: async () => undefined,
  };
  const recording = Object.fromEntries(
    engineMethods.map((method) => [
      method,
      (...args: unknown[]) => {
        calls.push({ method, args: args.filter((arg) => !(arg instanceof AbortSignal) && arg !== undefined) });
        return ((answers[method] ?? empty[method]) as (...all: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as EngineApi;
  return { ...recording, calls };
}
