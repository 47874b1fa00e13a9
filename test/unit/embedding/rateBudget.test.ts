import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AdaptiveConcurrency } from '../../../src/core/embedding/adaptiveConcurrency.ts';
import { type Lane, RateBudget, type Reservation, type TooLong } from '../../../src/core/embedding/rateBudget.ts';
import { readRateHeaders } from '../../../src/core/embedding/rateHeaders.ts';
import { CancelledError } from '../../../src/protocol/errors.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const never = new AbortController().signal;
const tenMinutesMs = 600_000;

function granted(result: Reservation | TooLong): Reservation {
  assert('succeed' in result, 'not granted');
  return result;
}

describe('RateBudget', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock({ turns: 1 });
  });

  function create(options: { requestsPerMinute?: number; tokensPerMinute?: number; slots?: number } = {}): RateBudget {
    const { slots = 8, ...budgets } = options;
    return new RateBudget({ clock, concurrency: new AdaptiveConcurrency({ clock, max: slots }), ...budgets });
  }

  /** Reserves, "sends" for `durationMs`, and ends the request. Resolves with the time it was sent. */
  async function send(budget: RateBudget, tokens = 1, lane: Lane = 'document', durationMs = 0): Promise<number> {
    const reservation = granted(await budget.reserve(tokens, lane, tenMinutesMs, never));
    const sentAtMs = clock.monotonicMs();
    if (durationMs > 0) await clock.sleep(durationMs);
    reservation.succeed(tokens);
    return sentAtMs;
  }

  it('lets everything pass while no budget is known', async () => {
    const budget = create();
    for (let request = 0; request < 1_000; request++) await send(budget);
    assert.equal(clock.monotonicMs(), 0);
    assert.equal(budget.requestsPerMinute, undefined);
  });

  it('keeps documents within nine tenths of the requests of any minute, and leaves the rest to queries', async () => {
    const budget = create({ requestsPerMinute: 10 });
    const documents = Array.from({ length: 20 }, () => send(budget));
    await clock.quiet();
    assert.equal(await send(budget, 1, 'query'), 0);
    const sentAt = await clock.settle(Promise.all(documents));
    const minutes = [9, 9, 2].flatMap((count, minute) => new Array<number>(count).fill(minute * 60_000));
    assert.deepEqual(sentAt, minutes);
  });

  it('never exceeds either budget in any minute, as the endpoint may date requests', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 50, max: 500 }),
        fc.array(
          fc.record({ tokens: fc.integer({ min: 1, max: 100 }), durationMs: fc.integer({ min: 0, max: 5_000 }) }),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        async (requestsPerMinute, tokensPerMinute, requests) => {
          clock = new FakeClock({ turns: 1 });
          const budget = create({ requestsPerMinute, tokensPerMinute });
          const sent = await clock.settle(
            Promise.all(
              requests.map(async ({ tokens, durationMs }) => ({
                tokens,
                // The endpoint counts a request somewhere between its start and its end.
                at: (await send(budget, tokens, 'document', durationMs)) + durationMs / 2,
              })),
            ),
          );
          for (const { at } of sent) {
            const minute = sent.filter((other) => other.at >= at && other.at < at + 60_000);
            assert(minute.length <= requestsPerMinute);
            const tokens = minute.reduce((sum, other) => sum + other.tokens, 0);
            assert(tokens <= tokensPerMinute || minute.length === 1);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('uses more than 80 % of a budget', async () => {
    const budget = create({ tokensPerMinute: 10_000 });
    let left = 450;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await send(budget, 100, 'document', 500);
    };
    await clock.settle(Promise.all(Array.from({ length: 8 }, worker)));
    // 450 requests of 100 tokens are 4.5 minutes of the whole budget.
    assert((clock.monotonicMs() / 60_000) * 0.8 <= 4.5);
  });

  it('gives back what a request did not use', async () => {
    const budget = create({ tokensPerMinute: 1_000 });
    granted(await budget.reserve(900, 'document', tenMinutesMs, never)).succeed(100);
    assert.equal(await send(budget, 800), 0);
    assert.deepEqual(budget.usedShare(), { requests: undefined, tokens: 0.9 });
  });

  it('lets a request pass that is larger than the whole budget, alone', async () => {
    const budget = create({ tokensPerMinute: 100 });
    assert.equal(await send(budget, 5_000), 0);
    assert.equal(await clock.settle(send(budget, 1)), 60_000);
  });

  describe('after a refusal', () => {
    it('holds everybody back until the time named, then lets one, two, four through', async () => {
      const budget = create();
      const reservation = granted(await budget.reserve(1, 'document', tenMinutesMs, never));
      reservation.fail();
      budget.refused(7_000, 0);
      assert.equal(budget.pausedForMs, 7_000);
      const sent = await clock.settle(
        Promise.all([
          send(budget, 1, 'query', 100),
          ...Array.from({ length: 7 }, () => send(budget, 1, 'document', 100)),
        ]),
      );
      assert.deepEqual(sent, [7_000, 7_000, 7_100, 7_100, 7_200, 7_200, 7_200, 7_200]);
    });

    it('takes the latest of several times', () => {
      const budget = create();
      budget.refused(9_000, 0);
      budget.refused(1_000, 0);
      assert.equal(budget.pausedForMs, 9_000);
    });

    it('answers at once that the wait is too long', async () => {
      const budget = create();
      budget.refused(30_000, 0);
      assert.deepEqual(await budget.reserve(1, 'query', 10_000, never), { waitMs: 30_000 });
      assert.deepEqual(await budget.reserve(1, 'document', 10_000, never), { waitMs: 30_000 });
    });

    it('learns what the endpoint accepts in a minute when it refuses again and names no limit', async () => {
      const budget = create({ slots: 1 });
      for (let request = 0; request < 6; request++) await send(budget);
      const refuse = async (): Promise<void> => {
        const reservation = granted(await clock.settle(budget.reserve(1, 'document', tenMinutesMs, never)));
        const sentAtMs = clock.monotonicMs();
        reservation.fail();
        budget.refused(1_000, sentAtMs);
      };
      await refuse();
      assert.equal(budget.requestsPerMinute, undefined, 'one refusal may be chance');
      await refuse();
      assert.equal(budget.requestsPerMinute, 6);
      assert((await clock.settle(send(budget))) >= 60_000);
      await clock.advance(60_000);
      await send(budget);
      assert.equal(budget.requestsPerMinute, 8, 'tried a quarter higher after a quiet minute');
    });

    it('takes the refusals of one burst for one', async () => {
      const budget = create();
      for (let round = 0; round < 4; round++) await Promise.all(Array.from({ length: 8 }, () => send(budget)));
      const burst = await Promise.all(
        Array.from({ length: 8 }, () => budget.reserve(1, 'document', tenMinutesMs, never)),
      );
      for (const reservation of burst) {
        granted(reservation).fail();
        budget.refused(1_000, -1);
      }
      budget.refused(1_000, -1);
      assert.equal(budget.requestsPerMinute, undefined);
    });
  });

  describe('from headers', () => {
    const observe = (budget: RateBudget, headers: Record<string, string>): void =>
      budget.observe(readRateHeaders(new Headers(headers), clock.now()));

    it('learns limits, and keeps the smaller of configured and learnt', () => {
      const budget = create({ requestsPerMinute: 100 });
      observe(budget, { 'x-ratelimit-limit-requests': '3000', 'x-ratelimit-limit-tokens': '1000000' });
      assert.equal(budget.requestsPerMinute, 100);
      assert.equal(budget.tokensPerMinute, 1_000_000);
      assert.equal(budget.maxDocumentTokens, 900_000);
      observe(budget, { 'x-ratelimit-limit-requests': '60' });
      assert.equal(budget.requestsPerMinute, 60);
    });

    it('counts what others use of the same key', async () => {
      const budget = create();
      await send(budget);
      observe(budget, {
        'x-ratelimit-limit-requests': '100',
        'x-ratelimit-remaining-requests': '12',
        'x-ratelimit-reset-requests': '20s',
      });
      const sent = await clock.settle(Promise.all([send(budget), send(budget), send(budget)]));
      assert.deepEqual(sent, [0, 0, 20_000]);
    });

    it('waits for the reset when nothing remains, even where the limit is not named', async () => {
      const budget = create();
      observe(budget, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' });
      assert.equal(await clock.settle(send(budget)), 360_000);
      observe(budget, { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2h0m0s' });
      assert.deepEqual(await budget.reserve(1, 'document', tenMinutesMs, never), { waitMs: 7_200_000 });
    });
  });

  it('stops waiting when the signal fires, and leaves no timer', async () => {
    const budget = create({ requestsPerMinute: 1 });
    await send(budget);
    const controller = new AbortController();
    const waiting = budget.reserve(1, 'document', tenMinutesMs, controller.signal);
    await clock.quiet();
    assert.equal(clock.sleeping, 1);
    controller.abort();
    await assert.rejects(waiting, CancelledError);
    assert.equal(clock.sleeping, 0);
  });
});
