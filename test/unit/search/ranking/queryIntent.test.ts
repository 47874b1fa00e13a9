import assert from 'node:assert/strict';
import { queryIntent } from '../../../../src/core/search/ranking/queryIntent.ts';

describe('queryIntent', () => {
  it('takes a single name for a symbol, also a qualified one', () => {
    assert.equal(queryIntent('RetryPolicy').isSymbol, true);
    assert.deepEqual([...queryIntent('Session::sendAll').identifiers], ['sendall']);
    assert.equal(queryIntent('retry policy').isSymbol, false);
  });

  it('finds identifiers inside a question', () => {
    const { identifiers } = queryIntent('how bats_run wraps userCode in Window');
    assert.deepEqual([...identifiers], ['bats_run', 'usercode', 'window']);
  });

  it('does not take the first word of a sentence for a name', () => {
    assert.equal(queryIntent('Where are uploads retried').identifiers.size, 0);
  });

  it('notes when tests or examples are asked for', () => {
    assert.equal(queryIntent('tests of the parser').wantsTests, true);
    assert.equal(queryIntent('latest parser').wantsTests, false);
    assert.equal(queryIntent('an example of routing').wantsExamples, true);
  });
});
