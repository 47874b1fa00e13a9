/** A signal that fires with the first of several, until it is unlinked. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Removes the listeners. A long-lived signal collects none, which `AbortSignal.any` does not promise. */
  unlink(): void;
}

/** Links signals for the time of one piece of work; call `unlink` when it ends. */
export function linkSignals(...signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const sources = signals.filter((signal) => signal !== undefined);
  const unlink = (): void => {
    for (const source of sources) source.removeEventListener('abort', onAbort);
  };
  function onAbort(this: AbortSignal): void {
    unlink();
    controller.abort(this.reason);
  }
  for (const source of sources) {
    if (source.aborted) {
      unlink();
      controller.abort(source.reason);
      break;
    }
    source.addEventListener('abort', onAbort);
  }
  return { signal: controller.signal, unlink };
}
