import {
  CancelledError,
  ChannelClosedError,
  deserializeError,
  serializeError,
  throwIfAborted,
  toAppError,
} from '../protocol/errors.ts';
import { EventHub } from '../util/eventHub.ts';
import type { Frame, Port } from './frames.ts';
import { buffersToTransfer } from './transfer.ts';

type AnyFunction = (...args: never[]) => Promise<unknown>;

/** The parameters of a contract's function without its trailing optional AbortSignal. */
export type CallArguments<P extends readonly unknown[]> = P extends readonly [infer Head, ...infer Rest]
  ? [Head, ...CallArguments<Rest>]
  : [];

/** A contract: an interface of asynchronous functions, each with its AbortSignal last. */
export type Contract<Api> = { readonly [M in keyof Api]: AnyFunction };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One end of a typed channel: `Remote` is called, `Served` is answered (see {@link serve}); events go both ways.
 * A cancelled call rejects at once and tells the other side; a channel that dies rejects every pending call with
 * ChannelClosedError and aborts what it was serving.
 */
export class Channel<Remote extends Contract<Remote>, Events extends object> {
  readonly #port: Port;
  readonly #peer: string;
  readonly #pending = new Map<number, Pending>();
  readonly #serving = new Map<number, AbortController>();
  readonly #events = new EventHub<Events>();
  readonly #closedListeners = new Set<(cause: unknown) => void>();
  #served: Readonly<Record<string, AnyFunction>> = {};
  #nextId = 1;
  #closedError: ChannelClosedError | undefined;

  /** `peer` names the other side in errors, e.g. `The search engine`. */
  constructor(port: Port, peer: string) {
    this.#port = port;
    this.#peer = peer;
    port.listen(
      (frame) => this.#receive(frame),
      (cause) => this.#closed(cause),
    );
  }

  get isClosed(): boolean {
    return this.#closedError !== undefined;
  }

  /** Calls the other side. Rejects with what its function rejected with, CancelledError or ChannelClosedError. */
  async call<M extends keyof Remote & string>(
    method: M,
    args: CallArguments<Parameters<Remote[M]>>,
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<Remote[M]>>> {
    if (this.#closedError !== undefined) throw this.#closedError;
    throwIfAborted(signal);
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    const onAbort = (): void => {
      this.#pending.get(id)?.reject(new CancelledError(signal?.reason));
      this.#post({ type: 'cancel', id });
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      this.#post({ type: 'call', id, method, args }, args);
      return (await answer) as Awaited<ReturnType<Remote[M]>>;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#pending.delete(id);
    }
  }

  /** Answers the other side's calls of `methods` with `api`; each function gets an AbortSignal as its last argument. */
  serve<Api extends Contract<Api>>(api: Api, methods: readonly (keyof Api & string)[]): void {
    this.#served = Object.fromEntries(methods.map((method) => [method, api[method].bind(api)]));
  }

  emit<E extends keyof Events & string>(name: E, payload: Events[E]): void {
    if (this.#closedError === undefined) this.#post({ type: 'event', name, payload }, [payload]);
  }

  /** Subscribes to an event of the other side; returns the function that ends it. */
  on<E extends keyof Events & string>(name: E, listener: (payload: Events[E]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Calls `listener` once, when the channel has died or was closed. */
  onClosed(listener: (cause: unknown) => void): void {
    this.#closedListeners.add(listener);
  }

  close(): void {
    this.#port.close();
    this.#closed(undefined);
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case 'call':
        void this.#answer(frame.id, frame.method, frame.args);
        return;
      case 'cancel':
        this.#serving.get(frame.id)?.abort();
        return;
      case 'result':
        this.#pending.get(frame.id)?.resolve(frame.value);
        return;
      case 'error':
        this.#pending.get(frame.id)?.reject(deserializeError(frame.error));
        return;
      case 'event':
        this.#events.emit(frame.name as keyof Events, frame.payload as Events[keyof Events]);
        return;
    }
  }

  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    const controller = new AbortController();
    this.#serving.set(id, controller);
    try {
      const serve = Object.hasOwn(this.#served, method) ? this.#served[method] : undefined;
      if (serve === undefined) throw new TypeError(`Nothing answers the call ${method}.`);
      const value = await serve(...(args as never[]), controller.signal as never);
      // Inside the try: a value that cannot be cloned is an error for the caller, who would else wait for ever.
      this.#post({ type: 'result', id, value }, [value]);
    } catch (error) {
      this.#post({ type: 'error', id, error: serializeError(error) });
    } finally {
      this.#serving.delete(id);
    }
  }

  #post(frame: Frame, values: readonly unknown[] = []): void {
    if (this.#closedError !== undefined) return;
    try {
      this.#port.post(frame, buffersToTransfer(values));
    } catch (error) {
      throw toAppError(error);
    }
  }

  #closed(cause: unknown): void {
    if (this.#closedError !== undefined) return;
    this.#closedError = new ChannelClosedError(this.#peer, cause);
    for (const { reject } of [...this.#pending.values()]) reject(this.#closedError);
    for (const controller of this.#serving.values()) controller.abort(this.#closedError);
    for (const listener of this.#closedListeners) listener(cause);
  }
}
