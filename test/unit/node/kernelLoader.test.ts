import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKernelLoader } from '../../../src/node/kernelLoader.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { kernelPath } from '../../support/vectorIndexes.ts';

describe('createKernelLoader', () => {
  it('compiles the file once, however often and soon it is asked', async () => {
    const load = createKernelLoader(kernelPath);
    const [first, second] = await Promise.all([load(), load()]);
    assert.equal(first, second);
    assert.equal(await load(), first);
    assert(first.module instanceof WebAssembly.Module);
  });

  it('names the build by its content alone', async () => {
    const elsewhere = join(await temporaryDirectory(), 'other.wasm');
    await copyFile(kernelPath, elsewhere);
    const { build } = await createKernelLoader(kernelPath)();
    const content = await readFile(kernelPath);
    assert(createHash('sha256').update(content).digest('hex').startsWith(build));
    assert(build.length >= 16);
    assert.equal((await createKernelLoader(elsewhere)()).build, build);
    // A custom section without a name and content: the same code in another file.
    await writeFile(elsewhere, Buffer.concat([content, Uint8Array.of(0, 1, 0)]));
    assert.notEqual((await createKernelLoader(elsewhere)()).build, build);
  });

  it('fails when there is no kernel', async () => {
    const directory = await temporaryDirectory();
    await assert.rejects(createKernelLoader(join(directory, 'kernel.wasm'))(), { code: 'ENOENT' });
    await writeFile(join(directory, 'broken.wasm'), 'no module');
    await assert.rejects(createKernelLoader(join(directory, 'broken.wasm'))(), WebAssembly.CompileError);
  });
});
