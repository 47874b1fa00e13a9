const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs `cleanUp` should this process end, by itself or by a signal, before {@link release}. */
export class ExitGuard {
  readonly #cleanUp: () => void;
  readonly #exit = (): void => process.exit(1);

  constructor(cleanUp: () => void) {
    this.#cleanUp = cleanUp;
    process.once('exit', cleanUp);
    for (const signal of signals) process.once(signal, this.#exit); // Without a listener, a signal skips 'exit'.
  }

  release(): void {
    process.removeListener('exit', this.#cleanUp);
    for (const signal of signals) process.removeListener(signal, this.#exit);
  }
}
