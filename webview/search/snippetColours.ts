import { fontStyles, styleRadix } from '../../src/protocol/syntax.ts';
import type { SyntaxRuns } from '../../src/protocol/syntax.ts';
import type { SearchResult } from '../../src/protocol/types.ts';
import type { HostToSearchView } from '../../src/protocol/views.ts';

/** Snippets whose colours are remembered: more than a page of results ever has, so that none flashes when it comes back. */
const maxChunks = 2_000;

/** The syntax colours the host has sent, and the style sheet that has one class for each style. */
export class SnippetColours {
  readonly #sheet = new CSSStyleSheet();
  readonly #styles = new Set<number>();
  /** The longest unused first. */
  readonly #chunks = new Map<string, readonly SyntaxRuns[]>();
  /** Its number; 0 before the first colours. */
  #theme = 0;

  constructor() {
    document.adoptedStyleSheets.push(this.#sheet);
  }

  /** Tells which snippets may have other colours now: those that were sent, with another theme all. */
  add({ theme, palette, chunks }: Extract<HostToSearchView, { type: 'colours' }>): (result: SearchResult) => boolean {
    const isOtherTheme = theme !== this.#theme;
    if (isOtherTheme) this.#forget();
    this.#theme = theme;
    const sent = new Set<string>();
    for (const { folderId, chunkId, lines } of chunks) {
      const key = keyOf(folderId, chunkId);
      sent.add(key);
      const known = this.#chunks.get(key);
      this.#chunks.delete(key);
      // The same object as long as it says the same, so that nothing is painted again for it.
      this.#chunks.set(key, JSON.stringify(known) === JSON.stringify(lines) && known !== undefined ? known : lines);
      for (const runs of lines) this.#addStyles(runs, palette);
    }
    for (const key of this.#chunks.keys()) {
      if (this.#chunks.size <= maxChunks) break;
      this.#chunks.delete(key);
    }
    return ({ folderId, chunkId }) => isOtherTheme || sent.has(keyOf(folderId, chunkId));
  }

  /** The runs of each line of a result's snippet: another array when they have changed, undefined while not known. */
  of({ folderId, chunkId }: SearchResult): readonly SyntaxRuns[] | undefined {
    return this.#chunks.get(keyOf(folderId, chunkId));
  }

  #forget(): void {
    this.#chunks.clear();
    this.#styles.clear();
    this.#sheet.replaceSync('');
  }

  #addStyles(runs: SyntaxRuns, palette: readonly string[]): void {
    for (let index = 1; index < runs.length; index += 2) {
      const style = runs[index] as number;
      if (style === 0 || this.#styles.has(style)) continue;
      this.#styles.add(style);
      this.#addRule(style, palette[Math.floor(style / styleRadix)]);
    }
  }

  /** Written by properties, not as text: a colour that is none is refused alone. Forced colours stay as they are. */
  #addRule(style: number, colour: string | undefined): void {
    const end = this.#sheet.cssRules.length;
    this.#sheet.insertRule(`@media (forced-colors: none) { .${classOf(style)} {} }`, end);
    const rule = (this.#sheet.cssRules[end] as CSSMediaRule).cssRules[0] as CSSStyleRule;
    const has = (fontStyle: number): boolean => (style & fontStyle) !== 0;
    const lines = [has(fontStyles.underline) && 'underline', has(fontStyles.strikethrough) && 'line-through'];
    rule.style.setProperty('color', colour ?? '');
    if (has(fontStyles.italic)) rule.style.setProperty('font-style', 'italic');
    if (has(fontStyles.bold)) rule.style.setProperty('font-weight', 'bold');
    rule.style.setProperty('text-decoration', lines.filter((line) => line !== false).join(' '));
  }
}

/** The class of text in a style. */
export function classOf(style: number): string {
  return `syntax-${style}`;
}

function keyOf(folderId: string, chunkId: number): string {
  return `${chunkId} ${folderId}`;
}
