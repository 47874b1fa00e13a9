import assert from 'node:assert/strict';
import { createFormat, fill } from '../../../../webview/shared/format.ts';

describe('fill', () => {
  it('puts values into their places, in any order', () => {
    assert.equal(fill('{1} of {0}, {1}', 'ten', 'two'), 'two of ten, two');
  });

  it('leaves places without a value alone, and never fills in what a value contains', () => {
    assert.equal(fill('{0} {1}', '{1}'), '{1} {1}');
  });
});

describe('format', () => {
  const english = createFormat('en');
  const german = createFormat('de');

  it('writes numbers as the language does', () => {
    assert.equal(english.integer(1234567), '1,234,567');
    assert.equal(german.integer(1234567), '1.234.567');
    assert.equal(german.milliseconds(3.14159), '3,14');
  });

  it('gives milliseconds the digits that matter', () => {
    assert.deepEqual(
      [0, 0.0123, 3.14159, 42.195, 1234.5].map((ms) => english.milliseconds(ms)),
      ['0', '0.0123', '3.14', '42.2', '1,235'],
    );
    assert.deepEqual(
      [0, 3, 42.195, 1234.5].map((ms) => english.column(ms)),
      ['0.00', '3.00', '42.2', '1,235'],
    );
    assert.equal(english.ms(8), '8 ms');
  });

  it('writes bytes in decimal units', () => {
    assert.deepEqual(
      [0, 999, 1_000, 48_300_000, 2_147_483_648].map((bytes) => english.bytes(bytes)),
      ['0 byte', '999 byte', '1 kB', '48.3 MB', '2.15 GB'],
    );
  });

  it('rounds durations up, so that nothing has 0 seconds left', () => {
    assert.deepEqual(
      [1, 21_000, 95_000].map((ms) => english.duration(ms)),
      ['1 sec', '21 sec', '2 min'],
    );
  });

  it('chooses between singular and plural', () => {
    assert.deepEqual(
      [0, 1, 2].map((count) => english.plural(count)),
      ['Other', 'One', 'Other'],
    );
    assert.equal(createFormat('fr').plural(0), 'One');
  });
});
