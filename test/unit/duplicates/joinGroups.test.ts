import assert from 'node:assert/strict';
import { type LikePlace, type LikePlaces, toGroup } from '../../../src/core/duplicates/duplicateGroup.ts';
import { joinGroups } from '../../../src/core/duplicates/joinGroups.ts';
import type { Place } from '../../../src/core/duplicates/piece.ts';

const folder = { folder: { folderId: 'folder' } } as Place['folder'];

/** Ten lines. */
function place(path: string, startLine: number, likeness = 1): LikePlace {
  const facts = { symbol: '', kind: 'function', language: 'go' } as const;
  return { folder, id: 0, path, startLine, endLine: startLine + 9, ...facts, likeness };
}

function joined(
  ...groups: readonly LikePlaces[]
): [path: string, startLine: number, endLine: number, like: number][][] {
  return joinGroups(groups).map((group) =>
    toGroup(group).members.map(({ path, startLine, endLine, likeness }) => [path, startLine, endLine, likeness]),
  );
}

describe('joinGroups', () => {
  it('makes one of those that follow each other in the same files', () => {
    const groups = joined([place('a', 1), place('b', 5, 0.875)], [place('a', 12), place('b', 20, 0.75)]);
    assert.deepEqual(groups.flat(), [
      ['a', 1, 21, 1],
      ['b', 5, 29, 0.8125],
    ]);
  });

  it('compares with the first of the first, also where a later pair has the other as its first', () => {
    const groups = joined([place('a', 1), place('b', 1, 0.875)], [place('b', 12), place('a', 12, 0.75)]);
    assert.deepEqual(groups.flat(), [
      ['a', 1, 21, 1],
      ['b', 1, 21, 0.8125],
    ]);
    const [group] = joinGroups([
      [place('b', 1), place('a', 1, 0.875)],
      [place('a', 12), place('b', 12, 0.75)],
      [place('b', 23), place('a', 23, 0.625)],
    ]);
    assert(group);
    const { members, likeness } = toGroup(group);
    assert.deepEqual(
      members.map((member) => member.path),
      ['b', 'a'],
    );
    assert.equal(members[0]?.likeness, 1);
    assert.ok(Math.abs(likeness - (0.8125 * 21 + 0.625 * 10) / 31) < 1e-9);
  });

  it('leaves apart what is far away, in other files, or of several with another first', () => {
    const one: LikePlaces = [place('a', 1), place('b', 1, 0.875)];
    assert.equal(joined(one, [place('a', 12), place('b', 32, 0.875)]).length, 2);
    assert.equal(joined(one, [place('a', 12), place('c', 12, 0.875)]).length, 2);
    const three: LikePlaces = [place('a', 1), place('b', 1, 0.875), place('c', 1, 0.875)];
    assert.equal(joined(three, [place('b', 12), place('a', 12, 0.875), place('c', 12, 0.875)]).length, 2);
  });
});
