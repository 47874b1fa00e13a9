import {
  VectorKernel,
  type KernelHits,
  type KernelParameters,
  type RowChoice,
} from '../../src/core/vector/vectorKernel.ts';
import { loadKernel } from './vectorIndexes.ts';

export async function createKernel(
  parameters: Partial<KernelParameters> & { readonly dimensions: number },
): Promise<VectorKernel> {
  const { dimensions } = parameters;
  return VectorKernel.create(await loadKernel(), {
    prefixDimensions: dimensions,
    m: 8,
    efConstruction: 60,
    maxBytes: 2 ** 30,
    ...parameters,
  });
}

/** Under the ids `firstId`, `firstId` + 1, … */
export function addRows(kernel: VectorKernel, vectors: readonly Float32Array[], firstId = 1): void {
  const { dimensions } = kernel.parameters;
  const rows = new Float32Array(vectors.length * dimensions);
  vectors.forEach((vector, i) => rows.set(vector, i * dimensions));
  const ids = Float64Array.from(vectors, (_, i) => firstId + i);
  kernel.add(ids, rows);
}

/** Puts every row there is into the graph. */
export function buildGraph(kernel: VectorKernel): void {
  while (kernel.insert(1_000) > 0);
}

/** One search: the best `wanted` of the rows that `look` looks at. */
export function ask(
  kernel: VectorKernel,
  query: Float32Array,
  wanted: number,
  look: (kernel: VectorKernel) => void,
): KernelHits {
  kernel.ask(query);
  kernel.begin(wanted);
  look(kernel);
  return kernel.finish();
}

export function flat(kernel: VectorKernel, query: Float32Array, wanted: number, choice: RowChoice = {}): KernelHits {
  return ask(kernel, query, wanted, () => kernel.flat(choice));
}

export function walk(
  kernel: VectorKernel,
  query: Float32Array,
  wanted: number,
  ef: number,
  choice: RowChoice = {},
): KernelHits {
  return ask(kernel, query, wanted, () => kernel.walk(ef, choice));
}

/** All of the kernel's memory that is the index, as one text. */
export function checksums(kernel: VectorKernel): string {
  return kernel
    .ranges()
    .map((range) => `${range.start} ${range.bytes} ${kernel.checksum(range).join(' ')}`)
    .join('\n');
}
