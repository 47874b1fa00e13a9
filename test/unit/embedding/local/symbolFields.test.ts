import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { symbolFields } from '../../../../src/core/embedding/local/symbolFields.ts';

describe('symbolFields', () => {
  for (const [symbol, name, scope] of [
    ['', '', ''],
    ['retryUpload', 'retryUpload', ''],
    ['Server.start', 'start', 'Server'],
    ['Outer.Inner.run', 'run', 'Outer.Inner'],
    ['Stack.isEmpty, isFull, size', 'isEmpty isFull size', 'Stack'],
    ['first, second', 'first second', ''],
    ['net::Socket::open', 'open', 'net::Socket'],
    ['app.Socket::open', 'open', 'app.Socket'],
    ['trailing.', 'trailing.', ''],
    ['Guide > Install > On Linux', 'On Linux', 'Guide > Install'],
    ['Guide > Version 1.2, and later', 'Version 1.2, and later', 'Guide'],
    ['Release 1.2, the second', 'Release 1.2, the second', ''],
    ['.card > .title', '.title', '.card'],
  ] as const) {
    it(`takes "${symbol}" as "${name}" in "${scope}"`, () => {
      assert.deepEqual(symbolFields(symbol), { name, scope });
    });
  }
});
