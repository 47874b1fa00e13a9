import assert from 'node:assert/strict';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';

describe('nodeHasher', () => {
  it('hashes text as UTF-8 and bytes as they are', () => {
    const hex = (data: string | Uint8Array) => Buffer.from(nodeHasher.sha256(data)).toString('hex');
    assert.equal(hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(hex('ä'), hex(new Uint8Array([0xc3, 0xa4])));
    assert.equal(Object.getPrototypeOf(nodeHasher.sha256('')), Uint8Array.prototype);
  });
});
