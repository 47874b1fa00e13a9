/** Takes the writer's place of the directory in argv[2] or workerData, says whether it got it, and stays. */
import { parentPort, workerData } from 'node:worker_threads';
import { NodeStorage } from '../../src/node/nodeStorage.ts';

const directory = parentPort ? String(workerData) : process.argv[2]!;
const lock = await new NodeStorage().acquireWriter(directory);
const answer = lock === undefined ? 'refused' : 'taken';
if (parentPort) parentPort.postMessage(answer);
else process.stdout.write(answer);
// Also keeps `lock` from being collected.
setInterval(() => lock, 1000);
