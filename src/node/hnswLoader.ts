import type { OpenGraph } from '../core/vector/graph.ts';
import { HnswlibGraph, type HnswlibModule } from '../core/vector/hnswlibGraph.ts';

/** Opens a graph in a fresh instance of hnswlib-wasm. About 70 ms, most of them off this thread. */
export const openHnswGraph: OpenGraph = async (options) => new HnswlibGraph(await loadHnswlib(), options);

/**
 * hnswlib-wasm 0.8.2 is made for web pages. Its own loader insists on IndexedDB, so the Emscripten factory inside the
 * package is called instead (the WebAssembly is inlined in it: nothing is fetched or read). The factory refuses to run
 * without a `window`; it looks for one synchronously when called, so one exists for exactly that call and no other code
 * sees it. What it prints is dropped: whatever it prints as an error it throws as well.
 */
async function loadHnswlib(): Promise<HnswlibModule> {
  const { default: createModule } = await import('hnswlib-wasm/dist/hnswlib-317962d7.js');
  const hasWindow = 'window' in globalThis;
  if (!hasWindow) Object.defineProperty(globalThis, 'window', { value: {}, configurable: true });
  let loading: Promise<unknown>;
  try {
    loading = createModule({ print: () => undefined, printErr: () => undefined });
  } finally {
    if (!hasWindow) Reflect.deleteProperty(globalThis, 'window');
  }
  return (await loading) as HnswlibModule;
}
