import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AppError } from '../../../src/protocol/errors.ts';
import { join, vectorIndexFactories } from '../../support/vectorIndexes.ts';
import { clusteredVectors, take } from '../../support/vectors.ts';

const dimensions = 6;
const options = { spaceId: 'a space', dimensions };
const vectors = take(clusteredVectors(dimensions, 5), 20);
const isDamaged = (error: unknown) => error instanceof AppError && error.code === 'SnapshotDamaged';

for (const [name, factory] of Object.entries(vectorIndexFactories)) {
  describe(`Snapshot of ${name}`, () => {
    let image: Uint8Array;

    before(async () => {
      const index = await factory.create(options);
      vectors.forEach((vector, position) => index.add(position + 1, vector));
      image = join(index.save());
      index.dispose();
    });

    it('brings every vector back', async () => {
      const index = await factory.load(options, image);
      vectors.forEach((vector, position) => assert.deepEqual(index.get(position + 1), vector));
      assert.equal(index.stats().count, vectors.length);
      index.dispose();
    });

    it('brings an empty index back', async () => {
      const index = await factory.load(options, join((await factory.create(options)).save()));
      assert.equal(index.stats().count, 0);
    });

    it('can lie anywhere in memory', async () => {
      for (let offset = 1; offset < 8; offset++) {
        const moved = new Uint8Array(image.length + 8);
        moved.set(image, offset);
        const index = await factory.load(options, moved.subarray(offset, offset + image.length));
        assert.deepEqual(index.get(20), vectors[19]);
        index.dispose();
      }
    });

    it('is refused in another space, with another dimension, and as something else', async () => {
      await assert.rejects(factory.load({ ...options, spaceId: 'another' }, image), isDamaged);
      await assert.rejects(factory.load({ ...options, dimensions: dimensions + 1 }, image), isDamaged);
      await assert.rejects(factory.load(options, new TextEncoder().encode('{}'.repeat(500))), isDamaged);
      await assert.rejects(factory.load(options, new Uint8Array(0)), isDamaged);
    });

    it('is refused with any one bit changed', async () => {
      for (let bit = 0; bit < image.length * 8; bit++) {
        image[bit >> 3]! ^= 1 << (bit & 7);
        await assert.rejects(factory.load(options, image), isDamaged, `bit ${bit}`);
        image[bit >> 3]! ^= 1 << (bit & 7);
      }
    });

    it('is refused at any other length', async () => {
      for (let length = 0; length < image.length; length++) {
        await assert.rejects(factory.load(options, image.slice(0, length)), isDamaged);
      }
      for (const extra of [1, 4, 8, 4096]) {
        await assert.rejects(factory.load(options, join([image, new Uint8Array(extra)])), isDamaged);
      }
    });

    it('is refused with a range overwritten, moved or lost', async () => {
      const position = fc.nat(image.length - 1);
      await fc.assert(
        fc.asyncProperty(
          position,
          position,
          fc.uint8Array({ minLength: 0, maxLength: 64 }),
          async (from, to, patch) => {
            const [start, end] = [Math.min(from, to), Math.max(from, to)];
            const changed = join([image.slice(0, start), patch, image.slice(end)]);
            fc.pre(Buffer.compare(changed, image) !== 0);
            await assert.rejects(factory.load(options, changed), isDamaged);
          },
        ),
        { numRuns: 300 },
      );
    });
  });
}
