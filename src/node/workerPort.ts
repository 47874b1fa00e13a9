import type { MessagePort, Worker } from 'node:worker_threads';
import type { Frame, Port } from '../rpc/frames.ts';

/** The engine worker's end of the channel to the thread that started it. */
export function parentThreadPort(parent: MessagePort): Port {
  return {
    post: (frame, transfer) => parent.postMessage(frame, transfer),
    listen(receive, closed) {
      parent.on('message', (frame: Frame) => receive(frame));
      parent.once('close', () => closed(undefined));
    },
    close: () => parent.close(),
  };
}

/** The starting thread's end of the channel. It closes when the worker ends, whatever the reason. */
export function workerThreadPort(worker: Worker): Port {
  return {
    post: (frame, transfer) => worker.postMessage(frame, transfer),
    listen(receive, closed) {
      let cause: unknown;
      worker.on('message', (frame: Frame) => receive(frame));
      worker.on('messageerror', (error) => closed(error));
      // `exit` always follows; the calls are rejected with what went wrong.
      worker.on('error', (error) => (cause = error));
      worker.once('exit', (exitCode) => closed(cause ?? new Error(`The worker ended with code ${exitCode}.`)));
    },
    close: () => void worker.terminate(),
  };
}
