import assert from 'node:assert/strict';
import { readDuration, readRateHeaders, readRetryAfter } from '../../../src/core/embedding/rateHeaders.ts';

const nowMs = Date.UTC(2025, 5, 1, 12, 0, 0);

describe('readDuration', () => {
  for (const [text, ms] of [
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1h2m3.5s', 3_723_500],
    ['1.5', 1_500],
    ['0', 0],
    [' 2s ', 2_000],
    [String(nowMs / 1_000 + 30), 30_000],
    ['soon', undefined],
    ['', undefined],
    ['5 s', undefined],
    ['-3s', undefined],
  ] as const) {
    it(`reads "${text}"`, () => assert.equal(readDuration(text, nowMs), ms));
  }
});

describe('readRetryAfter', () => {
  for (const [what, headers, message, ms] of [
    ['retry-after-ms first', { 'retry-after-ms': '250', 'retry-after': '9' }, '', 250],
    ['seconds', { 'retry-after': '2.5' }, '', 2_500],
    ['an HTTP date', { 'retry-after': 'Sun, 01 Jun 2025 12:00:42 GMT' }, '', 42_000],
    ['a date in the past as now', { 'retry-after': 'Sun, 01 Jun 2025 11:00:00 GMT' }, '', 0],
    [
      'the reset of what is used up',
      {
        'x-ratelimit-remaining-requests': '10',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '7s',
      },
      '',
      7_000,
    ],
    ['the text', {}, 'Rate limit reached. Please try again in 1m12.5s. Visit …', 72_500],
    ['nothing', { 'retry-after': 'later' }, 'Slow down.', undefined],
  ] as const) {
    it(`knows ${what}`, () => assert.equal(readRetryAfter(new Headers(headers), message, nowMs), ms));
  }
});

describe('readRateHeaders', () => {
  it('leaves out what is missing or no number', () => {
    const headers = new Headers({ 'x-ratelimit-limit-requests': '60', 'x-ratelimit-limit-tokens': 'many' });
    assert.deepEqual(readRateHeaders(headers, nowMs), {
      requests: { limit: 60, remaining: undefined, resetMs: undefined },
      tokens: { limit: undefined, remaining: undefined, resetMs: undefined },
    });
  });
});
