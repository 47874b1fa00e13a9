import type { PlanDirectory } from '../../protocol/costs.ts';
import type { RelativePath } from '../../protocol/types.ts';

const maxDirectories = 10;
/** A directory at the top with this share of the tokens says little: those in it are listed instead. */
const openedShare = 0.5;

interface Sum {
  chunks: number;
  tokens: number;
}

/** Sums what is to be sent by directory: the first two levels of each path are told apart. */
export class PlanDirectories {
  /** By the directory at the top ('' for files), then by the one in it ('' for its files). */
  readonly #sums = new Map<string, Map<string, Sum>>();

  add(path: RelativePath, tokens: number): void {
    const [top = '', below = ''] = path.split('/').slice(0, -1);
    let inner = this.#sums.get(top);
    if (inner === undefined) this.#sums.set(top, (inner = new Map<string, Sum>()));
    const sum = inner.get(below) ?? { chunks: 0, tokens: 0 };
    inner.set(below, { chunks: sum.chunks + 1, tokens: sum.tokens + tokens });
  }

  /** Largest first. */
  list(): PlanDirectory[] {
    const tops = [...this.#sums].map(([top, inner]) => ({ top, inner, ...total(inner.values()) }));
    const all = total(tops);
    const listed = tops.flatMap(({ top, inner, chunks, tokens }) => {
      const isOpened = top !== '' && inner.size > 1 && tokens >= all.tokens * openedShare;
      if (!isOpened) return [{ path: top, isDirect: top === '', chunks, tokens }];
      return [...inner].map(([below, sum]) => ({
        path: below === '' ? top : `${top}/${below}`,
        isDirect: below === '',
        ...sum,
      }));
    });
    return listed
      .toSorted((a, b) => b.tokens - a.tokens || (a.path < b.path ? -1 : 1))
      .slice(0, maxDirectories)
      .map((directory) => ({ ...directory, share: all.tokens === 0 ? 0 : directory.tokens / all.tokens }));
  }
}

function total(sums: Iterable<Sum>): Sum {
  const all = { chunks: 0, tokens: 0 };
  for (const { chunks, tokens } of sums) {
    all.chunks += chunks;
    all.tokens += tokens;
  }
  return all;
}
