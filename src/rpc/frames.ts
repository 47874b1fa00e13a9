import type { SerializedError } from '../protocol/errors.ts';

/** What travels over a channel: structured-cloneable plain objects. `id` is the caller's and grows by one per call. */
export type Frame =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: SerializedError }
  | { readonly type: 'event'; readonly name: string; readonly payload: unknown };

/** One end of something that carries frames to another thread, process or page, in order. */
export interface Port {
  /** Sends a frame; buffers in `transfer` move instead of being copied. Throws when the frame cannot be cloned. */
  post(frame: Frame, transfer: readonly ArrayBuffer[]): void;
  /** Called once, before anything is posted. `closed` is called at most once, also after {@link close}. */
  listen(receive: (frame: Frame) => void, closed: (cause: unknown) => void): void;
  close(): void;
}
