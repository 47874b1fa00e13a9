import type { Frame, Port } from './frames.ts';

/** Two connected ports in one thread that clone and transfer as a worker's would; `break` simulates a crash. */
export function createMemoryPorts(): { readonly ports: readonly [Port, Port]; break(cause: unknown): void } {
  const first = new MemoryPort();
  const second = new MemoryPort();
  first.peer = second;
  second.peer = first;
  return {
    ports: [first, second],
    break: (cause) => {
      first.end(cause);
      second.end(cause);
    },
  };
}

class MemoryPort implements Port {
  peer: MemoryPort | undefined;
  #receive: ((frame: Frame) => void) | undefined;
  #closed: ((cause: unknown) => void) | undefined;

  post(frame: Frame, transfer: readonly ArrayBuffer[]): void {
    const copy = structuredClone(frame, { transfer: [...transfer] });
    queueMicrotask(() => this.peer?.deliver(copy));
  }

  deliver(frame: Frame): void {
    this.#receive?.(frame);
  }

  listen(receive: (frame: Frame) => void, closed: (cause: unknown) => void): void {
    this.#receive = receive;
    this.#closed = closed;
  }

  close(): void {
    const { peer } = this;
    this.end(undefined);
    peer?.end(undefined);
  }

  end(cause: unknown): void {
    const closed = this.#closed;
    this.peer = undefined;
    this.#receive = undefined;
    this.#closed = undefined;
    closed?.(cause);
  }
}
