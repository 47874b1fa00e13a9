import { AppError } from '../../protocol/errors.ts';
import type { VectorIndexOptions } from '../ports.ts';
import { Checksum } from './checksum.ts';

/*
 * The image of an index, in the machine's byte order (little-endian everywhere VS Code runs; elsewhere the magic differs):
 *   16 words   magic, version, checksum (of the whole image with this word 0), bytes of the space id, dimensions, count, 0 …
 *   space id   UTF-8, padded with zeros to a multiple of 8 bytes
 *   ids        count * float64 (exact to 2^53)
 *   rows       count * dimensions * float32
 * Rows alone: a graph is an accelerator that can be built from them, and parameters are the loader's choice.
 */
const magic = 0x58565743;
const version = 1;
const headerWords = 16;
const field = { magic: 0, version: 1, checksum: 2, spaceBytes: 3, dimensions: 4, count: 5 } as const;
/** Rows are copied out in parts of about this size: no one allocation for the whole image. */
const partBytes = 4 << 20;

export interface SnapshotRow {
  readonly id: number;
  readonly vector: Float32Array;
}

/** `rows` must yield exactly `count` rows; they are copied at once, so later changes do not reach the image. */
export function encodeSnapshot(
  { spaceId, dimensions }: VectorIndexOptions,
  count: number,
  rows: Iterable<SnapshotRow>,
): Uint8Array[] {
  const space = new TextEncoder().encode(spaceId);
  const head = new Uint8Array(headerWords * 4 + padTo8(space.length));
  head.set(space, headerWords * 4);
  const header = new Uint32Array(head.buffer, 0, headerWords);
  header[field.magic] = magic;
  header[field.version] = version;
  header[field.spaceBytes] = space.length;
  header[field.dimensions] = dimensions;
  header[field.count] = count;

  const ids = new Float64Array(count);
  const rowsPerPart = Math.max(1, Math.floor(partBytes / (dimensions * 4)));
  const parts: Float32Array[] = [];
  let index = 0;
  for (const { id, vector } of rows) {
    ids[index] = id;
    const inPart = index % rowsPerPart;
    if (inPart === 0) parts.push(new Float32Array(Math.min(rowsPerPart, count - index) * dimensions));
    parts.at(-1)!.set(vector, inPart * dimensions);
    index++;
  }

  const checksum = new Checksum().update(words(head)).update(words(ids));
  for (const part of parts) checksum.update(words(part));
  header[field.checksum] = checksum.digest();
  return [head, bytes(ids), ...parts.map(bytes)];
}

/**
 * The ids and rows of an image, as views of it.
 * Throws AppError `SnapshotDamaged` unless it is a whole, unchanged snapshot of this version, space and dimensions.
 */
export function decodeSnapshot(
  { spaceId, dimensions }: VectorIndexOptions,
  image: Uint8Array,
): { readonly ids: Float64Array; readonly rows: Float32Array } {
  if (image.length < headerWords * 4 || image.length % 4 !== 0) throw damaged('it is cut short');
  const aligned = image.byteOffset % 8 === 0 ? image : image.slice();
  const header = new Uint32Array(aligned.buffer, aligned.byteOffset, headerWords);
  if (header[field.magic] !== magic) throw damaged('it is not a snapshot');
  if (header[field.version] !== version) throw damaged(`it has version ${header[field.version]}, not ${version}`);
  const spaceBytes = header[field.spaceBytes]!;
  const count = header[field.count]!;
  const idsStart = headerWords * 4 + padTo8(spaceBytes);
  const rowsStart = idsStart + count * 8;
  const storedDimensions = header[field.dimensions]!;
  if (rowsStart + count * storedDimensions * 4 !== aligned.length) throw damaged('its length is wrong');

  const copy = header.slice();
  copy[field.checksum] = 0;
  const rest = new Uint32Array(aligned.buffer, aligned.byteOffset + headerWords * 4, aligned.length / 4 - headerWords);
  if (new Checksum().update(copy).update(rest).digest() !== header[field.checksum])
    throw damaged('its checksum is wrong');

  // Only now are the fields known to be what was written: another space or dimension is honest news, not damage.
  const space = new TextDecoder().decode(aligned.subarray(headerWords * 4, headerWords * 4 + spaceBytes));
  if (space !== spaceId) throw damaged('it belongs to another embedding space');
  if (storedDimensions !== dimensions) throw damaged(`it has ${storedDimensions} dimensions, not ${dimensions}`);
  return {
    ids: new Float64Array(aligned.buffer, aligned.byteOffset + idsStart, count),
    rows: new Float32Array(aligned.buffer, aligned.byteOffset + rowsStart, count * dimensions),
  };
}

export function damaged(reason: string): AppError {
  return new AppError('SnapshotDamaged', `The vector snapshot cannot be used: ${reason}. It is built again.`);
}

function padTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function words(view: ArrayBufferView): Uint32Array {
  return new Uint32Array(view.buffer, view.byteOffset, view.byteLength / 4);
}

function bytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
