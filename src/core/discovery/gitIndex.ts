import { toHex } from '../../util/hex.ts';
import type { ByteString } from './byteString.ts';
import { bytesToByteString } from './byteString.ts';
import { TrackedFiles } from './trackedFiles.ts';

/** Bytes of one object id in the index: SHA-1 or SHA-256 repositories. */
export type ObjectIdLength = 20 | 32;

/** What a git index says; layout: Documentation/gitformat-index in git. */
export interface GitIndex {
  readonly tracked: TrackedFiles;
  /** Hex id of the shared index this one builds on (`core.splitIndex`); its entries are not in `tracked`. */
  readonly sharedIndex?: string;
}

const headerLength = 12;
/** ctime, mtime (8 bytes each), device, inode, mode, user, group, size (4 each); the object id follows. */
const statLength = 40;
const modeOffset = 24;
const nameLengthMask = 0x0fff;
const extendedFlag = 0x4000;
const fileTypeMask = 0xf000;
const submoduleType = 0xe000;
const directoryType = 0x4000;

/** Reads versions 2, 3 and 4. Undefined: not an index, or cut off (git replaces it by rename, so that is damage). */
export function parseGitIndex(bytes: Uint8Array, idLength: ObjectIdLength): GitIndex | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerLength + idLength || bytesToByteString(bytes.subarray(0, 4)) !== 'DIRC') return undefined;
  const version = view.getUint32(4);
  if (version < 2 || version > 4) return undefined;
  try {
    const { tracked, end } = parseEntries(bytes, view, { version, idLength });
    if (end > bytes.length - idLength) return undefined;
    const sharedIndex = findSharedIndex(bytes, view, end, idLength);
    return sharedIndex === undefined ? { tracked } : { tracked, sharedIndex };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parseEntries(
  bytes: Uint8Array,
  view: DataView,
  { version, idLength }: { readonly version: number; readonly idLength: ObjectIdLength },
): { readonly tracked: TrackedFiles; readonly end: number } {
  const entryCount = view.getUint32(8);
  if (entryCount > bytes.length / (statLength + idLength)) throw new RangeError('More entries than bytes');
  const names = new NameList(entryCount, bytes.length);
  const submodules = new Set<ByteString>();
  const current = new PrefixedName();
  let at = headerLength;
  for (let entry = 0; entry < entryCount; entry++) {
    const type = view.getUint32(at + modeOffset) & fileTypeMask;
    const flagsAt = at + statLength + idLength;
    const flags = view.getUint16(flagsAt);
    const nameAt = flagsAt + ((flags & extendedFlag) === 0 ? 2 : 4);
    let name: Uint8Array;
    if (version === 4) {
      const dropped = readVariableInteger(view, nameAt);
      const end = endOfName(bytes, dropped.end);
      name = current.next(dropped.value, bytes.subarray(dropped.end, end));
      at = end + 1;
    } else {
      const length = flags & nameLengthMask;
      const end = length < nameLengthMask ? nameAt + length : endOfName(bytes, nameAt + length);
      name = bytes.subarray(nameAt, end);
      // One to eight NULs fill an entry up to a multiple of eight bytes.
      at += (end - at + 8) & ~7;
    }
    if (type === submoduleType) submodules.add(bytesToByteString(name));
    // A directory is an entry of a sparse index: nothing below it is on disk. A nameless entry belongs to a split index.
    else if (type !== directoryType && name.length > 0) names.add(name);
  }
  return { tracked: names.toTrackedFiles(submodules), end: at };
}

function endOfName(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(0, start);
  if (end < 0) throw new RangeError('Cut off inside a name');
  return end;
}

/** Git's offset encoding: seven bits a byte, most significant first, each continuation adding one. */
function readVariableInteger(view: DataView, start: number): { readonly value: number; readonly end: number } {
  let at = start;
  let byte = view.getUint8(at++);
  let value = byte & 0x7f;
  while (byte >= 0x80) {
    byte = view.getUint8(at++);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, end: at };
}

/** Extensions follow the entries: four letters, length, data. The one named `link` starts with the shared index's id. */
function findSharedIndex(bytes: Uint8Array, view: DataView, start: number, idLength: number): string | undefined {
  for (let at = start; at + 8 <= bytes.length - idLength; at += 8 + view.getUint32(at + 4)) {
    if (bytesToByteString(bytes.subarray(at, at + 4)) !== 'link') continue;
    const id = bytes.subarray(at + 8, at + 8 + idLength);
    return id.some((byte) => byte !== 0) ? toHex(id) : undefined;
  }
  return undefined;
}

/** Version 4 stores what a name has in common with the one before as a number of bytes to drop. */
class PrefixedName {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** The result is valid until the next call. */
  next(dropped: number, suffix: Uint8Array): Uint8Array {
    if (dropped > this.#length) throw new RangeError('Drops more than the name has');
    const kept = this.#length - dropped;
    this.#length = kept + suffix.length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(this.#length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(suffix, kept);
    return this.#bytes.subarray(0, this.#length);
  }
}

class NameList {
  #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  #count = 0;

  constructor(maxNames: number, expectedBytes: number) {
    this.#starts = new Uint32Array(maxNames + 1);
    this.#bytes = new Uint8Array(expectedBytes);
  }

  add(name: Uint8Array): void {
    const start = this.#starts[this.#count] ?? 0;
    const end = start + name.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(end * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(name, start);
    this.#starts[++this.#count] = end;
  }

  toTrackedFiles(submodules: ReadonlySet<ByteString>): TrackedFiles {
    const end = this.#starts[this.#count] ?? 0;
    return new TrackedFiles(this.#bytes.slice(0, end), this.#starts.slice(0, this.#count + 1), submodules);
  }
}
