import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readShardImage, writeShardImage } from '../../../src/core/vector/shardImage.ts';
import type { KernelCode, VectorKernel } from '../../../src/core/vector/vectorKernel.ts';
import { nodeClock } from '../../../src/node/nodeClock.ts';
import { AppError } from '../../../src/protocol/errors.ts';
import { MemoryFile } from '../../support/memoryFile.ts';
import { addRows, buildGraph, checksums, createKernel, flat, walk } from '../../support/vectorKernels.ts';
import { loadKernel } from '../../support/vectorIndexes.ts';
import { clusteredVectors, seededRandom, take, textLikeVectors } from '../../support/vectors.ts';

const dimensions = 24;
const spaceId = 'a space';
const isDamaged = (error: unknown) => error instanceof AppError && error.code === 'SnapshotDamaged';

describe('The image of a shard', () => {
  let code: KernelCode;

  before(async () => {
    code = await loadKernel();
  });

  async function write(kernel: VectorKernel, sequence = 7): Promise<MemoryFile> {
    const file = new MemoryFile();
    const source = { kernel, build: code.build, spaceId, sequence: () => sequence };
    assert.equal(await writeShardImage(source, file, nodeClock), sequence);
    return file;
  }

  describe('that is whole', () => {
    it('brings rows and graph back, bit by bit', async () => {
      const kernel = await createKernel({ dimensions });
      const vectors = take(textLikeVectors(dimensions, 3), 3000);
      addRows(kernel, vectors, 2 ** 40);
      kernel.insert(2000);
      for (let i = 0; i < 500; i++) kernel.remove(2 ** 40 + i * 3);
      const restored = await readShardImage(code, kernel.parameters, spaceId, await write(kernel, 2 ** 33 + 5));
      assert.equal(restored.sequence, 2 ** 33 + 5);
      assert.equal(checksums(restored.kernel), checksums(kernel));
      assert.equal(restored.kernel.nodes, 2000);
      for (const query of vectors.slice(0, 5)) {
        assert.deepEqual(flat(restored.kernel, query, 10), flat(kernel, query, 10));
        assert.deepEqual(walk(restored.kernel, query, 10, 50), walk(kernel, query, 10, 50));
      }
      // And goes on as the one it was taken of.
      for (const each of [kernel, restored.kernel]) {
        addRows(each, vectors.slice(0, 1000));
        buildGraph(each);
      }
      assert.equal(checksums(restored.kernel), checksums(kernel));
    });

    it('brings an empty shard back', async () => {
      const kernel = await createKernel({ dimensions });
      const restored = await readShardImage(code, kernel.parameters, spaceId, await write(kernel));
      assert.equal(restored.kernel.count, 0);
      addRows(restored.kernel, take(clusteredVectors(dimensions, 5), 10));
      assert.equal(restored.kernel.count, 10);
    });

    it('does not write what is zero', async () => {
      const kernel = await createKernel({ dimensions, m: 32 });
      addRows(kernel, take(clusteredVectors(dimensions, 5), 100));
      buildGraph(kernel);
      const { writes, bytes } = await write(kernel);
      const written = writes.reduce((sum, [, length]) => sum + length, 0);
      assert(written < bytes / 2, `${written} of ${bytes} bytes`);
    });
  });

  describe('that is written while the shard changes', () => {
    it('is the state of the moment it names, and nothing later', async () => {
      for (const seed of [1, 2, 3]) {
        const random = seededRandom(seed);
        const source = clusteredVectors(dimensions, seed);
        const kernel = await createKernel({ dimensions, m: 4 });
        addRows(kernel, take(source, 2000));
        let changes = 0;
        const change = (): void => {
          if (++changes % 3 !== seed % 3) return;
          // Beyond the block of rows there is, for the image to grow while it is written.
          addRows(kernel, take(source, 2500), 1 + Math.floor(random() * 30_000));
          for (let i = 0; i < 100; i++) kernel.remove(1 + Math.floor(random() * 30_000));
          kernel.insert(300);
          if (changes % 7 === 0) kernel.dropGraph();
        };
        const file = new MemoryFile(new Uint8Array(), change);
        const clock = { ...nodeClock, yield: async () => change() };
        let state = '';
        const sequence = (): number => {
          state = checksums(kernel);
          return 1;
        };
        await writeShardImage({ kernel, build: code.build, spaceId, sequence }, file, clock);
        assert(changes > 10);
        assert.notEqual(checksums(kernel), state);
        const restored = await readShardImage(code, kernel.parameters, spaceId, file);
        assert.equal(checksums(restored.kernel), state);
      }
    });
  });

  describe('is refused', () => {
    let kernel: VectorKernel;
    let image: Uint8Array;
    /** What the sums in the head are over; between these ranges there is padding. */
    let covered: (readonly [start: number, end: number])[];

    before(async () => {
      kernel = await createKernel({ dimensions });
      addRows(kernel, take(textLikeVectors(dimensions, 7), 1500));
      buildGraph(kernel);
      image = (await write(kernel)).content;
      const [store, heap] = kernel.ranges();
      const body = 256 * 1024;
      const headBytes = new DataView(image.buffer).getUint32(12, true);
      covered = [
        [0, headBytes],
        [body, body + store!.bytes],
        [body + Math.ceil(store!.bytes / body) * body, body + Math.ceil(store!.bytes / body) * body + heap!.bytes],
      ];
    });

    /** The kernel of an image that was damaged, if it was accepted. */
    async function read(content: Uint8Array, parameters = kernel.parameters): Promise<VectorKernel> {
      return (await readShardImage(code, parameters, spaceId, new MemoryFile(content))).kernel;
    }

    /** Refused, or, where the damage is in padding, as good as ever. */
    async function assertHarmless(content: Uint8Array): Promise<void> {
      try {
        assert.equal(checksums(await read(content)), checksums(kernel));
      } catch (error) {
        assert(isDamaged(error), String(error));
      }
    }

    it('in another space, with other parameters, by another build, without the room it needs', async () => {
      const file = new MemoryFile(image);
      const { parameters } = kernel;
      await assert.rejects(readShardImage(code, parameters, 'another', file), isDamaged);
      await assert.rejects(readShardImage({ ...code, build: 'another' }, parameters, spaceId, file), isDamaged);
      for (const other of [
        { dimensions: 23 },
        { prefixDimensions: 20 },
        { m: 9 },
        { efConstruction: 61 },
        { maxBytes: 3_000_000 },
      ]) {
        // prettier-ignore
        await assert.rejects(read(image, { ...parameters, ...other }), isDamaged, JSON.stringify(other));
      }
      assert.equal((await read(image, { ...parameters, maxBytes: 2 ** 31 })).count, 1500);
    });

    it('as something else', async () => {
      for (const content of ['', '{}', '{}'.repeat(300_000)]) {
        await assert.rejects(read(new TextEncoder().encode(content)), isDamaged);
      }
      await assert.rejects(read(new Uint8Array(image.length)), isDamaged);
    });

    it('with any one bit changed of what matters', async () => {
      const random = seededRandom(11);
      for (const [start, end] of covered) {
        for (let sample = 0; sample < 150; sample++) {
          const bit = 8 * start + Math.floor(random() * 8 * (end - start));
          image[bit >> 3]! ^= 1 << (bit & 7);
          await assert.rejects(read(image), isDamaged, `bit ${bit}`);
          image[bit >> 3]! ^= 1 << (bit & 7);
        }
      }
      await read(image);
    });

    it('at any other length', async () => {
      const random = seededRandom(13);
      const lengths = [0, 1, 127, 128, 200, 256 * 1024, image.length - 1, ...Array.from({ length: 60 }, () => Math.floor(random() * image.length))]; // prettier-ignore
      for (const length of lengths) await assert.rejects(read(image.slice(0, length)), isDamaged);
      for (const extra of [1, 8, 4096, 256 * 1024]) {
        const longer = new Uint8Array(image.length + extra);
        longer.set(image);
        await assert.rejects(read(longer), isDamaged);
      }
    });

    it('with slices exchanged or from an older image', async () => {
      const slice = 256 * 1024;
      const moved = image.slice();
      moved.copyWithin(2 * slice, 3 * slice, 4 * slice);
      await assert.rejects(read(moved), isDamaged);
      addRows(kernel, take(clusteredVectors(dimensions, 15), 1), 5);
      const newer = (await write(kernel)).content;
      const torn = newer.slice();
      torn.set(image.subarray(slice), slice);
      await assert.rejects(read(torn), isDamaged);
      torn.set(newer.subarray(slice), slice);
      torn.set(image.subarray(0, slice));
      await assert.rejects(read(torn), isDamaged);
      image = newer;
    });

    it('or unharmed with a range overwritten, moved, lost or doubled', async () => {
      const place = fc.oneof(fc.nat(image.length - 1), fc.nat(1000), fc.integer({ min: 256 * 1024, max: 260 * 1024 }));
      const length = fc.oneof(fc.nat(100), fc.nat(300_000));
      await fc.assert(
        fc.asyncProperty(
          place,
          place,
          length,
          fc.uint8Array({ maxLength: 64 }),
          fc.nat(3),
          async (to, from, bytes, patch, kind) => {
            // prettier-ignore
            let changed = image.slice();
            if (kind === 0) changed.set(patch.subarray(0, image.length - to), to);
            if (kind === 1) changed.copyWithin(to, from, from + bytes);
            if (kind === 2) changed.fill(0, to, to + bytes);
            if (kind === 3) changed = new Uint8Array(Buffer.concat([image.slice(0, to), patch, image.slice(to)]));
            await assertHarmless(changed);
          },
        ),
        { numRuns: 300 },
      );
    });
  });
});
