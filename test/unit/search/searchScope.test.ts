import assert from 'node:assert/strict';
import type { FolderIndex } from '../../../src/core/indexing/folderIndex.ts';
import { FilterMemory } from '../../../src/core/search/searchScope.ts';
import { Catalogue } from '../../../src/core/store/catalogue.ts';
import { nodeHasher } from '../../../src/node/nodeHasher.ts';
import { NodeStorage } from '../../../src/node/nodeStorage.ts';
import type { SearchFilter } from '../../../src/protocol/types.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('FilterMemory', () => {
  it('looks at the catalogue again only when the filter or the index has changed', async () => {
    const { catalogue } = await Catalogue.open(new NodeStorage(), await temporaryDirectory(), nodeHasher, true);
    const folder = { version: 1, folder: { folderId: 'folder' }, catalogue };
    const memory = new FilterMemory();
    const ids = (filter: SearchFilter): unknown => memory.allowedIn(filter)(folder as unknown as FolderIndex);
    const first = ids({ tests: 'exclude' });
    assert.deepEqual(first, new Set());
    assert.equal(ids({ tests: 'exclude' }), first);
    const other = ids({ tests: 'only' });
    assert.notEqual(other, first);
    folder.version++;
    assert.notEqual(ids({ tests: 'only' }), other);
    const last = ids({ tests: 'only' });
    memory.clear();
    assert.notEqual(ids({ tests: 'only' }), last);
    catalogue.close(true);
  });
});
