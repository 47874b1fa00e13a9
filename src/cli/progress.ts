import { SingleBar } from 'cli-progress';
import type { IndexPhase, IndexProgress } from '../protocol/types.ts';
import type { OutputStream } from './environment.ts';
import { formatCount, formatDuration } from './format.ts';

/** `bar`: redrawn in place, for terminals. `lines`: now and then a line, for logs. */
export type ProgressStyle = 'bar' | 'lines' | 'none';

/** Between two lines of the `lines` style. */
const lineIntervalMs = 10_000;

const phases: Partial<Record<IndexPhase, { readonly title: string; readonly unit: string }>> = {
  discovering: { title: 'Discovering', unit: 'files' },
  chunking: { title: 'Indexing', unit: 'files' },
  embedding: { title: 'Embedding', unit: 'chunks' },
};

/** Shows how far an indexing pass is, on stderr. */
export class Progress {
  readonly #stream: OutputStream;
  readonly #style: ProgressStyle;
  readonly #now: () => number;
  #bar: SingleBar | undefined;
  #phase: IndexPhase | undefined;
  #lastLineAt: number;

  constructor(stream: OutputStream, style: ProgressStyle, now: () => number = Date.now) {
    this.#stream = stream;
    this.#style = style;
    this.#now = now;
    this.#lastLineAt = now();
  }

  update(progress: IndexProgress): void {
    const phase = phases[progress.phase];
    if (!phase || this.#style === 'none') return;
    if (this.#style === 'bar') this.#draw(progress, phase.title, phase.unit);
    else this.#say(progress, phase.title, phase.unit);
  }

  /** Takes the bar away; safe to call twice. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#phase = undefined;
  }

  #draw(progress: IndexProgress, title: string, unit: string): void {
    const payload = { title, unit, speed: speedOf(progress) };
    // Without a total there is nothing to fill a bar with, only a number that grows.
    const total = Math.max(progress.total, progress.done);
    if (this.#bar && this.#phase === progress.phase) {
      this.#bar.setTotal(total);
      this.#bar.update(progress.done, payload);
      return;
    }
    this.#bar?.stop();
    this.#phase = progress.phase;
    this.#bar = new SingleBar({
      stream: this.#stream,
      format:
        progress.phase === 'discovering' ? '{title} {value} {unit}' : '{title} [{bar}] {value}/{total} {unit}{speed}',
      barsize: 24,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      formatValue: (value) => formatCount(value),
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
    });
    this.#bar.start(total, progress.done, payload);
  }

  #say(progress: IndexProgress, title: string, unit: string): void {
    const now = this.#now();
    if (now - this.#lastLineAt < lineIntervalMs) return;
    this.#lastLineAt = now;
    const total = progress.total > 0 ? ` of ${formatCount(progress.total)}` : '';
    this.#stream.write(`${title}: ${formatCount(progress.done)}${total} ${unit}${speedOf(progress)}\n`);
  }
}

function speedOf({ perSecond, remainingMs }: IndexProgress): string {
  const rate = perSecond === undefined ? '' : `, ${formatCount(Math.round(perSecond))}/s`;
  const left = remainingMs === undefined ? '' : `, ${formatDuration(remainingMs)} left`;
  return rate + left;
}
