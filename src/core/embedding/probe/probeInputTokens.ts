import { type Phrase, phrase } from '../../../protocol/phrase.ts';
import type { EmbeddingConfig } from '../../../protocol/config.ts';
import type { ProbedInputLimit } from '../../../protocol/probe.ts';
import { cosine } from './cosine.ts';
import { findLimit, searchLimit, type Trial } from './findLimit.ts';
import type { ProbeSession } from './probeSession.ts';
import { longText, type TextEnd } from './probeTexts.ts';

/** Known to be accepted and read: every model reads this much. */
const leastTokens = 16;
/** The limit is found up to a twentieth: texts of other words have other tokens anyway. */
const closeEnough = 1.05;
/** Part of a text whose end is exchanged to see whether it is read. */
const endShare = 1 / 8;
/**
 * Vectors of texts with ends as different as ours are apart by some hundredths; those of the same text, by less than this
 * (16-bit arithmetic, other neighbours in the batch).
 */
const sameVector = 1 - 2e-4;

/** Up to how many tokens an input may have, and whether its end is read: refusals first, silent cuts then. */
export async function probeInputTokens(
  { maxInputTokens, maxBatchTokens }: EmbeddingConfig,
  session: ProbeSession,
  maxBatchInputs: number,
  onStep: (step: Phrase) => void,
): Promise<ProbedInputLimit> {
  const most = Math.min(maxInputTokens, maxBatchTokens, session.budget.maxDocumentTokens);
  const vectors = new Map<number, Float32Array | undefined>();
  const limit = await findLimit(leastTokens, most, closeEnough, async (tokens) => {
    onStep(phrase`a text of ${tokens} tokens`);
    const answer = await session.ask([withEnd(tokens, 'nature')], tokens);
    if (!answer.ok) return { accepted: false, named: answer.limit };
    vectors.set(tokens, answer.vectors[0]);
    return { accepted: true };
  });
  const { accepted } = limit;
  const whole = { ...limit, overlong: limit.by === 'configured' ? 'untried' : 'refused' } as const;
  if (accepted <= leastTokens) return whole;
  onStep(phrase`whether the end of ${accepted} tokens is read`);
  const other = await session.ask([withEnd(accepted, 'trade')], accepted);
  if (!other.ok || !isSame(vectors.get(accepted), other.vectors[0])) return whole;
  const ends = readsBeyond(session, maxBatchInputs, onStep);
  const read = await searchLimit({ accepted: leastTokens, refused: shared(accepted), closeEnough }, ends);
  return { accepted: read, by: 'found', overlong: 'cut' };
}

/** Accepts a length when exchanging what comes after it changes the vector. */
function readsBeyond(session: ProbeSession, maxBatchInputs: number, onStep: (step: Phrase) => void): Trial {
  return async (tokens) => {
    onStep(phrase`whether more than ${tokens} tokens are read`);
    const total = tokens + Math.max(leastTokens, Math.floor(tokens * endShare));
    const pair = (['nature', 'trade'] as const).map((end) => longText(total, tokens, end));
    const [one, other] = await vectorsOf(session, pair, total, maxBatchInputs > 1);
    return { accepted: !isSame(one, other) };
  };
}

/** In one request where that is accepted, which spares the second wait; else each in its own. */
async function vectorsOf(
  session: ProbeSession,
  texts: readonly string[],
  tokensEach: number,
  together: boolean,
): Promise<readonly (Float32Array | undefined)[]> {
  const answer = together ? await session.ask(texts, texts.length * tokensEach) : undefined;
  if (answer?.ok === true) return answer.vectors;
  const vectors: (Float32Array | undefined)[] = [];
  for (const text of texts) vectors.push((await session.demand([text], tokensEach)).vectors[0]);
  return vectors;
}

/** Two without direction are not told apart: nothing shows that the end was left out. */
function isSame(one: Float32Array | undefined, other: Float32Array | undefined): boolean {
  return one !== undefined && other !== undefined && cosine(one, other) > sameVector;
}

function withEnd(tokens: number, end: TextEnd): string {
  return longText(tokens, shared(tokens), end);
}

function shared(tokens: number): number {
  return Math.floor(tokens * (1 - endShare));
}
