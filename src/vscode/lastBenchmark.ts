import type * as vscode from 'vscode';
import type { BenchmarkReport } from '../protocol/benchmark.ts';
import { Emitter } from '../util/emitter.ts';

const lastKey = 'benchmark.last';

/** The newest benchmark of this machine; survives restarts. */
export class LastBenchmark {
  readonly #state: vscode.Memento;
  readonly #changed = new Emitter<BenchmarkReport>();

  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get report(): BenchmarkReport | undefined {
    return this.#state.get<BenchmarkReport>(lastKey);
  }

  async keep(report: BenchmarkReport): Promise<void> {
    await this.#state.update(lastKey, report);
    this.#changed.fire(report);
  }
}
