import assert from 'node:assert/strict';
import fc from 'fast-check';
import { base64ToFloats, bytesToFloats, floatsToBytes, toUnitLength } from '../../../src/core/embedding/float32.ts';

describe('floats', () => {
  it('survive bytes and base64, little endian', () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true }), (floats) => {
        const bytes = floatsToBytes(floats);
        assert.deepEqual(bytesToFloats(bytes), floats);
        assert.deepEqual(base64ToFloats(Buffer.from(bytes).toString('base64')), floats);
      }),
    );
    assert.deepEqual([...floatsToBytes(new Float32Array([1]))], [0, 0, 0x80, 0x3f]);
  });

  it('are a copy, and read from any offset', () => {
    const bytes = new Uint8Array([9, 0, 0, 0x80, 0x3f]).subarray(1);
    const floats = bytesToFloats(bytes);
    assert.deepEqual(floats, new Float32Array([1]));
    bytes.fill(0);
    assert.deepEqual(floats, new Float32Array([1]));
  });

  it('are not read from something else', () => {
    assert.equal(bytesToFloats(new Uint8Array(7)), undefined);
    assert.equal(base64ToFloats('not base64!'), undefined);
    assert.equal(base64ToFloats(Buffer.from('seven b').toString('base64')), undefined);
  });

  it('are scaled to length 1, or refused without a direction', () => {
    assert.deepEqual(toUnitLength([3, 4]), new Float32Array([0.6, 0.8]));
    assert.deepEqual(toUnitLength([1e30, 0]), new Float32Array([1, 0]));
    for (const vector of [
      [0, 0],
      [NaN, 1],
      [Infinity, 1],
      [null as unknown as number, 1],
      ['1' as unknown as number],
      [],
    ]) {
      assert.equal(toUnitLength(vector), undefined);
    }
  });
});
