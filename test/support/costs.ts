import type { EndpointTest, IndexingPlan, SpendingStatus, Spent } from '../../src/protocol/costs.ts';
import type { SpendingAccount } from '../../src/core/embedding/spending.ts';

export function spentOf(changes: Partial<Spent> = {}): Spent {
  return { requests: 0, tokens: 0, dollars: 0, unpricedTokens: 0, ...changes };
}

export function spendingOf(changes: Partial<SpendingStatus> = {}): SpendingStatus {
  return { workspace: spentOf(), run: spentOf(), today: spentOf(), month: spentOf(), ...changes };
}

/** A plan of 100 chunks, of which 40 are to be sent to OpenAI. */
export function planOf(changes: Partial<IndexingPlan> = {}): IndexingPlan {
  return {
    ...{ folderId: 'folder', provider: 'openai', model: 'text-embedding-3-small' },
    ...{ endpoint: 'https://api.openai.com/v1', isComplete: true, files: 12 },
    ...{ chunks: 100, withVector: 10, cached: 45, repeated: 5, local: 0, toSend: 40 },
    ...{ tokens: 12_000, requests: 1, dollars: 0.00024, time: { least: 300, most: 4_000 }, vectorBytes: 245_760 },
    directories: [
      { path: 'src', isDirect: false, chunks: 30, tokens: 9_000, share: 0.75 },
      { path: '', isDirect: true, chunks: 10, tokens: 3_000, share: 0.25 },
    ],
    ...changes,
  };
}

export const endpointTest: EndpointTest = {
  ...{ endpoint: 'https://api.openai.com/v1', model: 'text-embedding-3-small' },
  ...{ dimensions: 1_536, latencyMs: 120, tokens: 8 },
};

/** Lets everything pass and counts nothing. */
export const openAccount: SpendingAccount = {
  hold: async () => Promise.resolve({ end: () => undefined, cancel: () => undefined }),
};
