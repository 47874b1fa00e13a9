import assert from 'node:assert/strict';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { markIndexUsed, removeUnusedIndexes } from '../../../src/node/unusedIndexes.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const dayMs = 24 * 3_600_000;

describe('unused indexes', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    for (const name of ['one', 'two', 'foreign']) {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, 'catalogue.db'), 'content');
    }
    await markIndexUsed(join(directory, 'one'));
    await markIndexUsed(join(directory, 'two'));
  });

  it('stay while they are young enough', async () => {
    assert.equal(await removeUnusedIndexes(directory, 90 * dayMs, Date.now() + 89 * dayMs), 0);
    assert.deepEqual((await readdir(directory)).sort(), ['foreign', 'one', 'two']);
  });

  it('go when they are too old, and only those that were marked', async () => {
    assert.equal(await removeUnusedIndexes(directory, 90 * dayMs, Date.now() + 91 * dayMs), 2);
    assert.deepEqual(await readdir(directory), ['foreign']);
  });

  it('are none where there is no directory', async () => {
    await rm(directory, { recursive: true });
    assert.equal(await removeUnusedIndexes(directory, 0), 0);
  });
});
