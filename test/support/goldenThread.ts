import { parentPort, workerData } from 'node:worker_threads';
import { goldenVectors } from './goldenVectors.ts';

const { model, pooling } = workerData as { model: Uint8Array; pooling: WebAssembly.Module };
parentPort?.postMessage(goldenVectors(model, pooling));
