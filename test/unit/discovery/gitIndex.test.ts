import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toByteString } from '../../../src/core/discovery/byteString.ts';
import { parseGitIndex } from '../../../src/core/discovery/gitIndex.ts';
import type { TrackedFiles } from '../../../src/core/discovery/trackedFiles.ts';

const fileMode = 0o100644;
const submoduleMode = 0o160000;

/** The parsed index, which must be one. */
function parsed(bytes: Uint8Array): TrackedFiles {
  const index = parseGitIndex(bytes, 20);
  assert.ok(index !== undefined);
  return index.tracked;
}

/** An index of version 2 as git writes it; the id and the checksum are not read and stay zero. */
function indexOf(entries: readonly { readonly path: string; readonly mode?: number }[]): Uint8Array {
  const parts = [Buffer.from('DIRC\0\0\0\x02'), word(entries.length)];
  for (const { path, mode = fileMode } of entries) {
    const name = Buffer.from(path);
    const flags = Buffer.alloc(2);
    flags.writeUInt16BE(Math.min(name.length, 0xfff));
    const entry = [Buffer.alloc(24), word(mode), Buffer.alloc(12), Buffer.alloc(20), flags, name];
    const length = 62 + name.length;
    parts.push(...entry, Buffer.alloc(8 - (length % 8)));
  }
  return Buffer.concat([...parts, Buffer.alloc(20)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

describe('git index', () => {
  it('finds files and the directories above them, whatever their names', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ab', 'é', '日本', '𝒳', 'x'.repeat(2_000)), {
        minLength: 1,
        maxLength: 4,
      })
      .map((segments) => segments.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 30 }), path, (paths, other) => {
        const tracked = parsed(indexOf(paths.sort(byBytes).map((name) => ({ path: name }))));
        assert.equal(tracked.count, paths.length);
        for (const candidate of [...paths, other, `${other}/a`, other.slice(1)]) {
          assert.equal(tracked.has(toByteString(candidate)), paths.includes(candidate), candidate);
          assert.equal(
            tracked.hasBelow(toByteString(candidate)),
            paths.some((name) => name.startsWith(`${candidate}/`)),
            candidate,
          );
        }
      }),
    );
  });

  it('reads names longer than the length field can say', () => {
    const long = 'd/'.repeat(3_000) + 'file';
    const tracked = parsed(indexOf([{ path: long }, { path: 'e' }]));
    assert.ok(tracked.has(long));
    assert.ok(tracked.has('e'));
  });

  it('keeps submodules apart from files', () => {
    const tracked = parsed(indexOf([{ path: 'a' }, { path: 'lib/sub', mode: submoduleMode }]));
    assert.ok(tracked.isSubmodule('lib/sub'));
    assert.ok(!tracked.has('lib/sub'));
    assert.ok(!tracked.hasBelow('lib'));
  });

  it('is nothing when it is cut off, overlong or something else', () => {
    const whole = indexOf([{ path: 'some/file' }, { path: 'some/other' }]);
    for (let length = 0; length < whole.length - 20; length++) {
      assert.equal(parseGitIndex(whole.subarray(0, length), 20), undefined, `${length} bytes`);
    }
    const boastful = Uint8Array.from(whole);
    boastful.set([0xff, 0xff, 0xff, 0xff], 8);
    assert.equal(parseGitIndex(boastful, 20), undefined);
    assert.equal(parseGitIndex(Buffer.from('x'.repeat(200)), 20), undefined);
  });

  it('survives any damage', () => {
    const whole = indexOf([{ path: 'some/file' }, { path: 'some/other' }]);
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = value;
        const index = parseGitIndex(damaged, 20);
        assert.ok(index === undefined || index.tracked.count <= 2);
      }),
    );
  });
});
