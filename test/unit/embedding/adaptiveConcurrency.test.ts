import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AdaptiveConcurrency } from '../../../src/core/embedding/adaptiveConcurrency.ts';
import { seededRandom } from '../../../src/util/seededRandom.ts';
import { FakeClock } from '../../support/fakeClock.ts';

/** An endpoint that works on so many requests at once; others wait for their turn. */
class Endpoint {
  readonly #clock: FakeClock;
  readonly #workMs: number;
  readonly #free: number[];

  constructor(clock: FakeClock, atOnce: number, workMs: number) {
    this.#clock = clock;
    this.#workMs = workMs;
    this.#free = new Array<number>(atOnce).fill(0);
  }

  async answer(): Promise<void> {
    const now = this.#clock.monotonicMs();
    const first = this.#free.indexOf(Math.min(...this.#free));
    this.#free[first] = Math.max(now, this.#free[first]!) + this.#workMs;
    await this.#clock.sleep(this.#free[first] - now);
  }
}

describe('AdaptiveConcurrency', () => {
  let clock: FakeClock;

  beforeEach(() => {
    clock = new FakeClock({ turns: 1 });
  });

  /** As many requests at once as are allowed, until so many are answered; the most there were at once. */
  async function drive(concurrency: AdaptiveConcurrency, endpoint: Endpoint, requests: number): Promise<number> {
    let most = 0;
    let underWay = 0;
    let left = requests;
    const work: Promise<void>[] = [];
    const fill = (): void => {
      while (left > 0 && !concurrency.isFull) {
        left--;
        const end = concurrency.start();
        most = Math.max(most, ++underWay);
        work.push(
          endpoint.answer().then(() => {
            underWay--;
            end(100);
            fill();
          }),
        );
      }
    };
    fill();
    await clock.settle(
      (async () => {
        for (let next = 0; next < work.length; next++) await work[next];
      })(),
    );
    return most;
  }

  it('starts with one request and doubles with each round while that costs no time', async () => {
    const limits: number[] = [];
    const concurrency = new AdaptiveConcurrency({ clock, max: 16, onChange: (limit) => limits.push(limit) });
    assert.equal(concurrency.limit, 1);
    await drive(concurrency, new Endpoint(clock, 1_000, 200), 60);
    assert.deepEqual(
      limits,
      Array.from({ length: 15 }, (_, index) => index + 2),
    );
    assert.ok(clock.monotonicMs() <= 200 * 8, 'rounds of 1, 2, 4, 8 and 16');
  });

  for (const atOnce of [1, 4, 12]) {
    it(`finds about how many an endpoint works on at once: ${atOnce}`, async () => {
      const concurrency = new AdaptiveConcurrency({ clock, max: 64 });
      const endpoint = new Endpoint(clock, atOnce, 100);
      await drive(concurrency, endpoint, 400);
      const start = clock.monotonicMs();
      const most = await drive(concurrency, endpoint, 400);
      const used = (400 * 100) / atOnce / (clock.monotonicMs() - start);
      assert.ok(used > 0.9, `${used} of what it can do is used`);
      assert.ok(most <= atOnce * 3 + 1, `${most} at once`);
    });
  }

  it('halves after an overload, then grows by one a round', async () => {
    const concurrency = new AdaptiveConcurrency({ clock, max: 16 });
    const endpoint = new Endpoint(clock, 1_000, 200);
    await drive(concurrency, endpoint, 100);
    assert.equal(concurrency.limit, 16);
    concurrency.overloaded(clock.monotonicMs());
    assert.equal(concurrency.limit, 8);
    await drive(concurrency, endpoint, 8);
    assert.equal(concurrency.limit, 9);
    await drive(concurrency, endpoint, 9);
    assert.equal(concurrency.limit, 10);
  });

  it('takes the failures of one burst for one', async () => {
    const concurrency = new AdaptiveConcurrency({ clock, max: 16 });
    await drive(concurrency, new Endpoint(clock, 1_000, 200), 100);
    const sentAtMs = clock.monotonicMs();
    await clock.advance(50);
    for (let failure = 0; failure < 8; failure++) concurrency.overloaded(sentAtMs);
    assert.equal(concurrency.limit, 8);
  });

  it('lets one through after a refusal, and doubles up to half of what was too much', async () => {
    const concurrency = new AdaptiveConcurrency({ clock, max: 32 });
    const endpoint = new Endpoint(clock, 1_000, 200);
    await drive(concurrency, endpoint, 200);
    concurrency.refused(clock.monotonicMs());
    assert.equal(concurrency.limit, 1);
    await drive(concurrency, endpoint, 1 + 2 + 4 + 8);
    assert.equal(concurrency.limit, 16);
    await drive(concurrency, endpoint, 16);
    assert.equal(concurrency.limit, 17);
  });

  it('does not grow where no more is asked for', async () => {
    const concurrency = new AdaptiveConcurrency({ clock, max: 16 });
    for (let request = 0; request < 50; request++) {
      const end = concurrency.start();
      await clock.advance(100);
      end(100);
    }
    assert.equal(concurrency.limit, 2);
  });

  it('keeps between one and the most allowed, and lets go of every request, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat(), async (max, seed) => {
        clock = new FakeClock({ turns: 1 });
        const random = seededRandom(seed + 1);
        const concurrency = new AdaptiveConcurrency({ clock, max });
        const ends: ((tokens: number | undefined) => void)[] = [];
        for (let step = 0; step < 300; step++) {
          const choice = random();
          if (choice < 0.5 && !concurrency.isFull) ends.push(concurrency.start());
          else if (choice < 0.9)
            ends.splice(Math.floor(random() * ends.length), 1)[0]?.(random() < 0.9 ? 100 : undefined);
          else if (choice < 0.95) concurrency.overloaded(clock.monotonicMs() - random() * 500);
          else concurrency.refused(clock.monotonicMs() - random() * 500);
          assert.ok(concurrency.limit >= 1 && concurrency.limit <= max);
          await clock.advance(Math.floor(random() * 100));
        }
        for (const end of ends) end(100);
        assert.equal(concurrency.isFull, false);
      }),
      { numRuns: 30 },
    );
  });
});
