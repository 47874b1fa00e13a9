import { AppError } from '../../protocol/errors.ts';
import { phrase } from '../../protocol/phrase.ts';
import type { Clock, ReadableFile, ReplacementFile } from '../ports.ts';
import { Checksum } from '../../util/checksum.ts';
import { VectorKernel, type KernelCode, type KernelParameters, type MemoryRange } from './vectorKernel.ts';

/*
 * The image of a shard is the kernel's memory, in the machine's byte order (little-endian everywhere WebAssembly runs):
 *   head    32 words: see `field`; then the names (build of the kernel, zero byte, id of the space; UTF-8, padded with
 *           zeros), then two words per slice: its checksum
 *   body    from 256 kB on: the kernel's store and its heap, each cut into slices of 256 kB
 * A slice of zeros need not be in the file. The head is written last.
 */
const magic = 0x4d495743;
const version = 2;
const headWords = 32;
const field = {
  magic: 0,
  version: 1,
  /** Of the head, with this word 0. */
  checksum: 2,
  headBytes: 3,
  dimensions: 4,
  prefixDimensions: 5,
  m: 6,
  efConstruction: 7,
  storeBytes: 8,
  heapBytes: 9,
  slices: 10,
  nameBytes: 11,
  sequenceLow: 12,
  sequenceHigh: 13,
} as const;
const sliceBytes = 256 * 1024;
/** Room for the sums of 4 GiB and long names. */
const bodyStart = sliceBytes;

export interface ImageSource {
  readonly kernel: VectorKernel;
  readonly build: string;
  readonly spaceId: string;
  /** Changes the shard has seen. */
  readonly sequence: () => number;
}

export interface RestoredShard {
  readonly kernel: VectorKernel;
  /** Changes the image contains. */
  readonly sequence: number;
}

/**
 * Writes the image while the shard goes on working. What changes after it was copied is found by its checksum and copied
 * again, at last without a pause in which anything could change: the image is the state of that moment. Its sequence.
 */
export async function writeShardImage(source: ImageSource, file: ReplacementFile, clock: Clock): Promise<number> {
  const written: string[] = [];
  // The second time round little has changed, so that the last look finds next to nothing.
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < slicesOf(source.kernel.ranges()).length; index++) {
      const part = changedPart(source.kernel, index, written);
      if (part === undefined) continue;
      await file.write(part, bodyStart + index * sliceBytes);
      await clock.yield();
    }
  }
  const slices = slicesOf(source.kernel.ranges());
  const last = slices.map((_, index) => changedPart(source.kernel, index, written));
  const sequence = source.sequence();
  const head = encodeHead(source, sequence, written);
  for (const [index, part] of last.entries())
    if (part !== undefined) await file.write(part, bodyStart + index * sliceBytes);
  await file.write(new Uint8Array(1), bodyStart + slices.length * sliceBytes);
  await file.write(head, 0);
  return sequence;
}

/**
 * Restores a shard. Throws AppError `SnapshotDamaged` unless the file is a whole, unchanged image of this space, these
 * parameters and this build of the kernel. One read per range of memory.
 */
export async function readShardImage(
  code: KernelCode,
  parameters: KernelParameters,
  spaceId: string,
  file: ReadableFile,
): Promise<RestoredShard> {
  const head = await readHead(file);
  const word = (name: keyof typeof field): number => head[field[name]]!;
  const names = new Uint8Array(head.buffer, headWords * 4, word('nameBytes'));
  const [build, space] = new TextDecoder().decode(names).split('\0');
  if (build !== code.build) throw damaged('it was written by another version');
  if (space !== spaceId) throw damaged('it belongs to another embedding space');
  const { dimensions, prefixDimensions, m, efConstruction } = parameters;
  if (word('dimensions') !== dimensions) throw damaged(`it has ${word('dimensions')} dimensions, not ${dimensions}`);
  const same = word('prefixDimensions') === prefixDimensions && word('m') === m;
  if (!same || word('efConstruction') !== efConstruction) throw damaged('it was made with other settings');
  if (file.bytes !== bodyStart + word('slices') * sliceBytes + 1) throw damaged('it is cut short');
  const sums = new Uint32Array(head.buffer, headWords * 4 + padTo4(word('nameBytes')), word('slices') * 2);

  const kernel = await VectorKernel.restore(code, parameters, word('heapBytes'), async (instance, ranges) => {
    if (ranges[0]!.bytes !== word('storeBytes')) throw damaged('its store has another size');
    let position = bodyStart;
    for (const range of ranges) {
      await readWhole(file, instance.view(range), position);
      position += Math.ceil(range.bytes / sliceBytes) * sliceBytes;
    }
    const slices = slicesOf(ranges);
    if (slices.length !== word('slices')) throw damaged('its length is wrong');
    slices.forEach((slice, index) => {
      const [high, low] = instance.checksum(slice);
      if (high !== sums[2 * index] || low !== sums[2 * index + 1]) throw damaged('a checksum is wrong');
    });
  });
  if (kernel === undefined) throw damaged('it does not fit its parameters');
  return { kernel, sequence: word('sequenceHigh') * 2 ** 32 + word('sequenceLow') };
}

function slicesOf(ranges: readonly MemoryRange[]): MemoryRange[] {
  return ranges.flatMap(({ start, bytes }) =>
    Array.from({ length: Math.ceil(bytes / sliceBytes) }, (_, index) => ({
      start: start + index * sliceBytes,
      bytes: Math.min(sliceBytes, bytes - index * sliceBytes),
    })),
  );
}

/** A copy of the slice when it is not what was written last; then `written` says what it is now. */
function changedPart(kernel: VectorKernel, index: number, written: string[]): Uint8Array | undefined {
  const slice = slicesOf(kernel.ranges())[index]!;
  const sum = kernel.checksum(slice).join();
  if (written[index] === sum) return undefined;
  const part = kernel.view(slice).slice();
  const isNewAndZero = written[index] === undefined && part.every((byte) => byte === 0);
  written[index] = sum;
  return isNewAndZero ? undefined : part;
}

function encodeHead({ kernel, build, spaceId }: ImageSource, sequence: number, sums: readonly string[]): Uint8Array {
  const names = new TextEncoder().encode(`${build}\0${spaceId}`);
  const sumsStart = headWords * 4 + padTo4(names.length);
  const bytes = new Uint8Array(sumsStart + sums.length * 8);
  if (bytes.length > bodyStart) throw new AppError('Internal', phrase`The head of a vector image has no room.`);
  bytes.set(names, headWords * 4);
  const words = new Uint32Array(bytes.buffer);
  const [store, heap] = kernel.ranges();
  const { dimensions, prefixDimensions, m, efConstruction } = kernel.parameters;
  const fields: Partial<Record<keyof typeof field, number>> = {
    magic,
    version,
    headBytes: bytes.length,
    dimensions,
    prefixDimensions,
    m,
    efConstruction,
    storeBytes: store!.bytes,
    heapBytes: heap!.bytes,
    slices: sums.length,
    nameBytes: names.length,
    sequenceLow: sequence % 2 ** 32,
    sequenceHigh: Math.floor(sequence / 2 ** 32),
  };
  for (const [name, value] of Object.entries(fields)) words[field[name as keyof typeof field]] = value;
  words.set(
    sums.flatMap((sum) => sum.split(',').map(Number)),
    sumsStart / 4,
  );
  words[field.checksum] = new Checksum().update(words).digest();
  return bytes;
}

async function readHead(file: ReadableFile): Promise<Uint32Array> {
  if (file.bytes < bodyStart) throw damaged('it is cut short');
  const first = new Uint8Array(headWords * 4);
  await readWhole(file, first, 0);
  const start = new Uint32Array(first.buffer);
  if (start[field.magic] !== magic) throw damaged('it is not an image');
  if (start[field.version] !== version) throw damaged(`it has version ${start[field.version]}, not ${version}`);
  const headBytes = start[field.headBytes]!;
  if (headBytes % 4 !== 0 || headBytes < headWords * 4 || headBytes > bodyStart) throw damaged('its head is wrong');
  const head = new Uint8Array(headBytes);
  await readWhole(file, head, 0);
  const words = new Uint32Array(head.buffer);
  const expected = words[field.checksum]!;
  words[field.checksum] = 0;
  const lengths = headWords * 4 + padTo4(words[field.nameBytes]!) + words[field.slices]! * 8;
  if (new Checksum().update(words).digest() !== expected || lengths !== headBytes) throw damaged('its head is wrong');
  return words;
}

async function readWhole(file: ReadableFile, into: Uint8Array, position: number): Promise<void> {
  if ((await file.read(into, position)) !== into.length) throw damaged('it is cut short');
}

function damaged(reason: string): AppError {
  return new AppError('SnapshotDamaged', phrase`The vector snapshot cannot be used: ${reason}. It is built again.`);
}

function padTo4(length: number): number {
  return Math.ceil(length / 4) * 4;
}
