import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findNewerNode, isNodeNewEnough } from '../../../src/cli/newerNode.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('the Node that comes with the project', () => {
  it('is found from any folder below the one that has it', async () => {
    const project = await temporaryDirectory();
    const [os, executable] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node'];
    const node = join(project, 'node_modules', `node-${os}-${process.arch}`, 'bin', executable);
    await mkdir(dirname(node), { recursive: true });
    await writeFile(node, '');
    await chmod(node, 0o755);
    assert.equal(findNewerNode(join(project, 'dist')), node);
    assert.equal(findNewerNode(join(project, 'src/cli')), node);
  });

  it('is not found where there is none', async () => {
    assert.equal(findNewerNode(await temporaryDirectory()), undefined);
  });

  it('is not needed by the Node of these tests', () => {
    assert.ok(isNodeNewEnough());
  });
});
