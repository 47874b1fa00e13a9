import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RerankProvider } from '../../../src/core/providerPorts.ts';
import { mix, rerankCandidates } from '../../../src/core/rerank/rerankCandidates.ts';
import { diversify } from '../../../src/core/search/fuse.ts';

interface Candidate {
  readonly id: number;
  readonly score: number;
  readonly file: number;
  /** What the reranker says. */
  readonly raw: number;
}

interface Setting {
  readonly candidates: readonly Candidate[];
  readonly k: number;
  readonly maxPerFile: number;
  readonly weight: number;
  readonly batchSize: number;
  readonly type: RerankProvider['scoreType'];
}

const unit = fc.double({ min: 0, max: 1, noNaN: true });
/** Few values make ties; close ones at the upper end are where a bound decides. */
const ownScore = fc.oneof(unit, fc.constantFrom(0, 0.1, 0.5, 0.9, 1));
const probability = fc.oneof(unit, fc.constantFrom(0, 0.5, 0.9, 0.95, 0.97, 0.99, 1));
const logit = fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom(-1e9, -1, 0, 1, 3, 4, 5, 1e9));
/** A reranker taken to give probabilities that now and then gives something else. */
const contradiction = fc.oneof({ weight: 9, arbitrary: probability }, { weight: 1, arbitrary: logit });

const settings: fc.Arbitrary<Setting> = fc.constantFrom('probability' as const, 'logit' as const).chain((type) =>
  fc.record({
    candidates: fc
      .array(
        fc.record({
          score: ownScore,
          file: fc.nat(4),
          raw: type === 'logit' ? logit : contradiction,
        }),
        { maxLength: 60 },
      )
      .map((list) => list.sort((a, b) => b.score - a.score).map((candidate, id) => ({ ...candidate, id }))),
    k: fc.integer({ min: 1, max: 30 }),
    maxPerFile: fc.nat(3),
    weight: fc.oneof(unit, fc.constantFrom(0, 0.1, 0.3, 0.7, 1)),
    batchSize: fc.integer({ min: 1, max: 12 }),
    type: fc.constant(type),
  }),
);

interface Outcome {
  readonly first: readonly number[];
  readonly sent: number;
}

/** The first k as the searcher takes them, and how many candidates were sent. */
async function rerank({ candidates, ...setting }: Setting): Promise<Outcome> {
  let sent = 0;
  const judged = await rerankCandidates(candidates, {
    ...setting,
    fileOf: ({ file }) => file,
    scoreType: () => setting.type,
    scoreBatch: async (batch) => {
      assert.ok(batch.length <= setting.batchSize);
      sent += batch.length;
      return Promise.resolve(batch.map(({ raw }) => raw));
    },
  });
  const order = [...judged.map(({ candidate }) => candidate), ...candidates.slice(judged.length)];
  return { first: firstOf(order, setting), sent };
}

function firstOf(order: readonly Candidate[], { k, maxPerFile }: Pick<Setting, 'k' | 'maxPerFile'>): number[] {
  return diversify(order, ({ file }) => file, maxPerFile)
    .slice(0, k)
    .map(({ id }) => id);
}

/** All candidates in their final order, by the definition. */
function fullRerank({ candidates, weight, type, ...wanted }: Setting): number[] {
  const finalScore = ({ raw, score }: Candidate): number =>
    weight * (type === 'logit' ? 1 / (1 + Math.exp(-raw)) : Math.min(1, Math.max(0, raw))) + (1 - weight) * score;
  return firstOf(
    candidates.toSorted((a, b) => finalScore(b) - finalScore(a)),
    wanted,
  );
}

describe('reranking that stops early', () => {
  it('has the first k of the full rerank in the same order, whatever the scores, limits and batches', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (setting) => {
        assert.deepEqual((await rerank(setting)).first, fullRerank(setting));
      }),
      { numRuns: 5_000 },
    );
  });

  it('sends nothing that cannot come among the first k any more', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async (setting) => {
        const { sent } = await rerank(setting);
        const { candidates, batchSize, weight, type, k, maxPerFile } = setting;
        if (sent <= batchSize) return;
        // One batch less leaves a candidate that would have been first with the best score a reranker can give.
        const without = Math.floor((sent - 1) / batchSize) * batchSize;
        const best = type === 'logit' ? Infinity : 1;
        const next = candidates[without]!;
        const hopeful = candidates
          .slice(0, without + 1)
          .map((candidate, id) => (id === without ? { ...next, raw: best } : candidate));
        const order = fullRerank({ candidates: hopeful, weight, type, k: hopeful.length, maxPerFile: 0, batchSize });
        const ahead = order.slice(0, order.indexOf(without)).map((id) => hopeful[id]!);
        assert.ok(countWithin(ahead, maxPerFile) < k);
      }),
      { numRuns: 2_000 },
    );
  });

  it('stops after one batch where the first k are far ahead, with logits as well', async () => {
    for (const [type, good] of [
      ['probability', 0.99],
      ['logit', 9],
    ] as const) {
      const candidates = Array.from({ length: 50 }, (_, id) => ({
        id,
        file: id,
        score: id < 3 ? 0.9 : 0.1,
        raw: id < 3 ? good : -good * Number(type === 'logit'),
      }));
      const { sent } = await rerank({ candidates, k: 3, maxPerFile: 3, weight: 0.7, batchSize: 10, type });
      assert.equal(sent, 10, type);
    }
  });

  it('goes by what the first batch showed the scores to be, so that stopping changes no scale', async () => {
    const raw = [0.9, 0.2, 7, -7];
    let type: RerankProvider['scoreType'] = 'probability';
    const judged = await rerankCandidates(
      raw.map((score, id) => ({ id, raw: score, score: 0.5 })),
      {
        ...{ k: 4, maxPerFile: 0, weight: 1, batchSize: 2 },
        fileOf: ({ id }) => id,
        scoreType: () => type,
        scoreBatch: async (batch) => {
          if (batch.some((candidate) => candidate.raw > 1)) type = 'logit';
          return Promise.resolve(batch.map((candidate) => candidate.raw));
        },
      },
    );
    assert.deepEqual(
      judged.map(({ candidate, score }) => [candidate.id, score]),
      [
        [2, 1],
        [0, 0.9],
        [1, 0.2],
        [3, 0],
      ],
    );
  });

  it('keeps the order of the ranking stage among equals', async () => {
    const candidates = Array.from({ length: 6 }, (_, id) => ({ id, file: id, score: 0.5, raw: 0.5 }));
    const { first } = await rerank({ candidates, k: 6, maxPerFile: 0, weight: 0.7, batchSize: 2, type: 'probability' });
    assert.deepEqual(first, [0, 1, 2, 3, 4, 5]);
  });

  it('gives scores between 0 and 1 that fall', async () => {
    await fc.assert(
      fc.asyncProperty(settings, async ({ candidates, ...setting }) => {
        const judged = await rerankCandidates(candidates, {
          ...setting,
          fileOf: ({ file }) => file,
          scoreType: () => setting.type,
          scoreBatch: async (batch) => Promise.resolve(batch.map(({ raw }) => raw)),
        });
        const behind = candidates.slice(judged.length).map(({ score }) => mix(0, score, setting.weight));
        const scores = [...judged.map(({ score }) => score), ...behind];
        assert.ok(scores.every((score) => score >= 0 && score <= 1));
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        );
      }),
    );
  });
});

function countWithin(candidates: readonly Candidate[], maxPerFile: number): number {
  const files = Map.groupBy(candidates, ({ file }) => file);
  const limit = maxPerFile === 0 ? Infinity : maxPerFile;
  return [...files.values()].reduce((sum, { length }) => sum + Math.min(length, limit), 0);
}
