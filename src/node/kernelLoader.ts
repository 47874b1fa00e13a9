import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { KernelCode } from '../core/vector/vectorKernel.ts';

/** Loads the vector kernel from a file; compiled once per thread. */
export function createKernelLoader(path: string): () => Promise<KernelCode> {
  let loading: Promise<KernelCode> | undefined;
  return () => (loading ??= load(path));
}

async function load(path: string): Promise<KernelCode> {
  const bytes = await readFile(path);
  return {
    module: await WebAssembly.compile(bytes),
    build: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
  };
}
