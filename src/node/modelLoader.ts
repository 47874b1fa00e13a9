import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { damagedModel } from '../core/embedding/local/modelFile.ts';
import type { ModelFiles } from '../core/ports.ts';

/**
 * Loads the embedded model, `model.bin` and `embed.wasm`, from a directory; the code is compiled once per thread. A file
 * that is missing or no code: AppError `ProviderInstallation`, and the next call looks again.
 */
export function createModelLoader(directory: string): () => Promise<ModelFiles> {
  let compiling: Promise<WebAssembly.Module> | undefined;
  const compile = async (): Promise<WebAssembly.Module> =>
    WebAssembly.compile(await readFile(join(directory, 'embed.wasm')));
  return async () => {
    try {
      compiling ??= compile();
      const [model, pooling] = await Promise.all([readFile(join(directory, 'model.bin')), compiling]);
      return { model, pooling };
    } catch (error) {
      compiling = undefined;
      throw damagedModel(error instanceof Error ? error.message : String(error), error);
    }
  };
}
