import assert from 'node:assert/strict';
import { Typeahead } from '../../../../webview/search/typeahead.ts';

const names = ['retry.ts', 'Retry.delay', 'Retry.run', 'backoff.ts', 'backoff'];

describe('typeahead', () => {
  function type(letters: string, from: number, pauseMs = 10): number | undefined {
    const typeahead = new Typeahead();
    let index: number | undefined = from;
    [...letters].forEach((letter, step) => {
      index = typeahead.next(letter, names, index ?? 0, 10_000 + step * pauseMs);
    });
    return index;
  }

  it('goes to the next name that starts with the letter, around the end', () => {
    assert.equal(type('b', 0), 3);
    assert.equal(type('R', 3), 0);
  });

  it('goes on with the same letter again', () => {
    assert.equal(type('rr', 0), 2);
    assert.equal(type('bbb', 0), 3);
  });

  it('narrows down with further letters, staying where it fits', () => {
    assert.equal(type('ret', 4), 0);
    assert.equal(type('de', 0), 1);
    assert.equal(type('retry.ru', 4), 2);
  });

  it('starts anew after a pause', () => {
    assert.equal(type('rb', 0, 5_000), 3);
  });

  it('finds nothing where nothing starts so', () => {
    assert.equal(type('x', 2), undefined);
  });
});
