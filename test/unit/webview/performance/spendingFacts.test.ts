import assert from 'node:assert/strict';
import { performanceStrings } from '../../../../src/protocol/viewStrings.ts';
import { spendingFacts } from '../../../../webview/performance/spendingFacts.ts';
import { createFormat } from '../../../../webview/shared/format.ts';
import { spendingOf, spentOf } from '../../../support/costs.ts';

const words = { strings: performanceStrings, format: createFormat('en') };

describe('spendingFacts', () => {
  const values = (status: Parameters<typeof spendingFacts>[0]): readonly string[] =>
    spendingFacts(status, words).map(({ value }) => value);

  it('are none while nothing was spent and nothing is limited', () => {
    assert.deepEqual(values(spendingOf()), []);
    assert.equal(values(spendingOf({ budgetTokens: 0 })).length, 5);
    assert.equal(values(spendingOf({ month: spentOf({ requests: 1 }) })).length, 5);
  });

  it('say tokens, requests and money as far as prices are known', () => {
    const spending = spendingOf({
      workspace: spentOf({ requests: 3, tokens: 2_000_000, dollars: 0.04 }),
      run: spentOf({ requests: 1, tokens: 10, dollars: 0.0000002 }),
      today: spentOf({ requests: 2, tokens: 50, unpricedTokens: 50 }),
      month: spentOf({ requests: 9, tokens: 3_000_000, dollars: 1.5, unpricedTokens: 7 }),
    });
    assert.deepEqual(values(spending), [
      '2,000,000 tokens, 3 requests (≈ $0.04)',
      'none',
      '10 tokens, 1 requests',
      '50 tokens, 2 requests (price unknown)',
      '3,000,000 tokens, 9 requests (≈ $1.50 and models without a known price)',
    ]);
  });

  it('show the budget as a bar that is full at its end', () => {
    const budget = (budgetTokens: number, tokens: number) =>
      spendingFacts(spendingOf({ budgetTokens, workspace: spentOf({ tokens }) }), words).find(
        ({ key }) => key === 'budget',
      );
    assert.deepEqual([budget(1_000, 250)?.value, budget(1_000, 250)?.share], ['25% of 1,000 tokens', 0.25]);
    assert.equal(budget(100, 250)?.share, 1);
    assert.equal(budget(0, 0)?.share, 1);
  });
});
