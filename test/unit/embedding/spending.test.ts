import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Spending, type SpendingHold, type SpendingOptions } from '../../../src/core/embedding/spending.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { FakeClock } from '../../support/fakeClock.ts';

const model = 'text-embedding-3-small';

describe('Spending', () => {
  const open: Spending[] = [];
  let directory: string;
  let clock: FakeClock;
  let logged: string[];

  beforeEach(async () => {
    directory = await temporaryDirectory();
    clock = new FakeClock({ startMs: new Date(2026, 0, 31, 23, 59).getTime() });
    logged = [];
  });

  afterEach(async () => {
    for (const spending of open.splice(0)) {
      const closed = spending.close();
      // Tests leave requests that never end.
      await clock.advance(10_000);
      await closed;
    }
  });

  async function create(options: Partial<SpendingOptions> = {}): Promise<Spending> {
    const spending = await Spending.open(new NodeStorage(), directory, {
      clock,
      logger: { log: ({ message }) => logged.push(message) },
      budgetTokens: () => undefined,
      roots: () => ['/a', '/b'],
      ...options,
    });
    open.push(spending);
    return spending;
  }

  async function hold(
    spending: Spending,
    tokens: number,
    lane: 'document' | 'query' = 'document',
    root = '/a',
    signal = new AbortController().signal,
  ): Promise<SpendingHold | AppError> {
    return spending.account(root).hold({ model, lane, mostTokens: () => tokens, signal });
  }

  async function spend(spending: Spending, tokens: number, root = '/a'): Promise<void> {
    const granted = await hold(spending, tokens, 'query', root);
    assert.ok('end' in granted);
    granted.end(tokens);
  }

  it('sums by day, month, run and workspace, and forgets nothing over a restart', async () => {
    const first = await create();
    await spend(first, 1_000_000);
    await spend(first, 500, '/elsewhere');
    await clock.advance(60_000);
    await spend(first, 2_000_000, '/b');
    first.recordApart('unknown-model', 3, 70);
    const status = first.status();
    assert.deepEqual(status.workspace, { requests: 2, tokens: 3_000_000, dollars: 0.06, unpricedTokens: 0 });
    assert.deepEqual(status.today, { requests: 4, tokens: 2_000_070, dollars: 0.04, unpricedTokens: 70 });
    assert.deepEqual(status.month, status.today);
    assert.equal(status.run.tokens, 3_000_570);
    assert.deepEqual(first.ofFolder('/a').tokens, 1_000_000);
    await first.close();
    open.length = 0;
    const second = await create();
    assert.deepEqual(second.status().workspace, status.workspace);
    assert.equal(second.status().run.tokens, 0);
  });

  it('counts what another process records', async () => {
    const [one, other] = [await create({ budgetTokens: () => 1_000 }), await create()];
    await spend(other, 900);
    assert.equal(one.status().workspace.tokens, 900);
    assert.ok((await hold(one, 101, 'query')) instanceof AppError);
  });

  it('lets nothing pass beyond the budget and leaves queries a hundredth of it', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    await spend(spending, 500);
    const refused = await hold(spending, 491);
    assert.ok(refused instanceof AppError);
    assert.equal(refused.code, 'BudgetReached');
    assert.match(refused.message, /500 of 1,000 tokens/u);
    const last = await hold(spending, 490);
    assert.ok('end' in last);
    last.end(490);
    assert.ok((await hold(spending, 11, 'query')) instanceof AppError);
    assert.ok('end' in (await hold(spending, 10, 'query')));
  });

  it('waits for requests under way that may leave enough, and goes on with what they leave', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    const first = await hold(spending, 900);
    assert.ok('end' in first);
    let isWaiting = true;
    const second = hold(spending, 900).finally(() => (isWaiting = false));
    await new Promise(setImmediate);
    assert.ok(isWaiting);
    first.end(90);
    assert.ok('end' in (await second));
    assert.ok((await hold(spending, 901)) instanceof AppError);
  });

  it('stops waiting when asked', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    await hold(spending, 900);
    const stop = new AbortController();
    const waiting = hold(spending, 900, 'document', '/a', stop.signal);
    stop.abort();
    await assert.rejects(waiting, { code: 'Cancelled' });
  });

  it('lets nothing at all pass at a budget of 0', async () => {
    const spending = await create({ budgetTokens: () => 0 });
    for (const lane of ['document', 'query'] as const) assert.ok((await hold(spending, 1, lane)) instanceof AppError);
  });

  it('gives back what was never sent', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    const held = await hold(spending, 990);
    assert.ok('end' in held);
    held.cancel();
    assert.ok('end' in (await hold(spending, 990)));
    assert.equal(spending.status().workspace.requests, 0);
  });

  it('counts what is under way in another process, and what was when one was killed', async () => {
    const [one, other] = [await create({ budgetTokens: () => 1_000 }), await create({ budgetTokens: () => 1_000 })];
    const underWay = await hold(one, 600);
    assert.ok('end' in underWay);
    assert.ok((await hold(other, 600)) instanceof AppError);
    assert.equal(one.status().workspace.tokens, 0);
    underWay.end(70);
    for (const spending of [one, other]) assert.equal(spending.status().workspace.tokens, 70);
    assert.ok('end' in (await hold(other, 600)));
    // As after a crash of it: nobody says what became of that request.
    assert.deepEqual(one.ofFolder('/a'), { requests: 2, tokens: 670 });
    assert.ok((await hold(one, 600)) instanceof AppError);
  });

  it('waits at its end for requests that were ended just now', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    const underWay = await hold(spending, 600);
    assert.ok('end' in underWay);
    const closed = spending.close();
    underWay.end(70);
    await clock.advance(10);
    await closed;
    assert.equal((await create()).status().workspace.tokens, 70);
  });

  it('charges a request to the day on which it was sent', async () => {
    const spending = await create({ budgetTokens: () => 1_000 });
    const underWay = await hold(spending, 600);
    await clock.advance(60_000);
    assert.ok('end' in underWay);
    underWay.end(70);
    const { today, workspace } = spending.status();
    assert.deepEqual([today.tokens, workspace.tokens], [0, 70]);
  });

  it('sets a damaged record aside and counts anew', async () => {
    await writeFile(join(directory, 'spending-1.db'), 'this is no database at all, whatever its name says'.repeat(100));
    const spending = await create();
    await spend(spending, 5);
    assert.equal(spending.status().workspace.tokens, 5);
    assert.match(logged.join(' '), /set aside; it is counted anew/u);
  });

  it('counts in memory where it cannot be written, and then keeps no budget', async () => {
    const path = join(directory, 'a-file');
    await writeFile(path, '');
    const spending = await Spending.open(new NodeStorage(), join(path, 'below'), {
      clock,
      logger: { log: () => undefined },
      budgetTokens: () => undefined,
      roots: () => ['/a'],
    });
    await spend(spending, 7);
    assert.equal(spending.status().workspace.tokens, 7);
    const limited = await Spending.open(new NodeStorage(), join(path, 'below'), {
      clock,
      logger: { log: () => undefined },
      budgetTokens: () => 1_000,
      roots: () => ['/a'],
    });
    await assert.rejects(hold(limited, 1), { code: 'StorageFailed' });
  });
});
