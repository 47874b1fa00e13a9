import { setTimeout as sleep } from 'node:timers/promises';
import type { SearchResult } from '../../protocol/types.ts';
import type { HostToSearchView } from '../../protocol/views.ts';
import type { Disposable } from '../../util/emitter.ts';
import type { SyntaxColours } from '../syntaxColours.ts';

/** Snippets that are coloured at a time: as many as are seen at once, so that these do not wait for the others. */
const batchSize = 6;
/** While one types, answers follow each other faster than they are read: colours would only take the processor from them. */
const defaultQuietMs = 150;

export interface SnippetColouringOptions {
  readonly syntaxColours: Pick<SyntaxColours, 'theme' | 'onDidChange' | 'colour'>;
  readonly post: (message: Extract<HostToSearchView, { type: 'colours' }>) => void;
  readonly onError: (error: unknown) => void;
  /** Results that stay this long are coloured; milliseconds. */
  readonly quietMs?: number;
}

interface Shown {
  readonly requestId: number;
  readonly results: readonly SearchResult[];
}

/** Sends the page the colours of the snippets it shows: after they were painted, and again when the theme changes. */
export class SnippetColouring {
  readonly #options: SnippetColouringOptions;
  readonly #subscription: Disposable;
  #shown: Shown | undefined;
  #running: AbortController | undefined;

  constructor(options: SnippetColouringOptions) {
    this.#options = options;
    const { syntaxColours, post } = options;
    this.#subscription = syntaxColours.onDidChange(() => {
      if (this.#shown === undefined) return;
      const { requestId, results } = this.#shown;
      // Light text on a light background until the new colours are there would be worse than none.
      post({ type: 'colours', requestId, theme: syntaxColours.theme, palette: [], chunks: [] });
      this.start(requestId, results);
    });
  }

  /** Colours these results, and no longer those before. */
  start(requestId: number, results: readonly SearchResult[]): void {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#shown = { requestId, results };
    this.#run(this.#shown, running.signal).catch((error: unknown) => this.#options.onError(error));
  }

  /** The results are no longer shown, or will soon be others. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#shown = undefined;
  }

  dispose(): void {
    this.stop();
    this.#subscription.dispose();
  }

  async #run({ requestId, results }: Shown, signal: AbortSignal): Promise<void> {
    const { syntaxColours, post, quietMs = defaultQuietMs } = this.#options;
    await sleep(quietMs, undefined, { signal });
    for (let from = 0; from < results.length; from += batchSize) {
      const batch = results.slice(from, from + batchSize);
      const texts = batch.map(({ path, language, kind, snippet }) => ({
        ...{ path, language, text: snippet },
        isMember: kind === 'method' || kind === 'property',
      }));
      const { palette, texts: coloured } = await syntaxColours.colour(texts, signal);
      if (signal.aborted) return;
      const chunks = batch.map(({ folderId, chunkId }, index) => ({ folderId, chunkId, lines: coloured[index] ?? [] }));
      post({ type: 'colours', requestId, theme: syntaxColours.theme, palette, chunks });
    }
  }
}
