import type { Frame, Locator } from 'playwright-core';
import { unmarked } from './pseudoLocale.ts';

/** Names and code, which no language has words of its own for. */
const codeOfPages = '.token, .name, .place, .description, .code, .line-number, .environment';
/** Units as every language writes them, names of products, files with their line, and what a setting is called. */
const sameEverywhere =
  /\b(?:ms|s|kB|MB|GB|GiB|Byte|CodeWeaver(?: Search)?|code-server|HNSW|p95|p99|Ctrl|Enter|embedded)\b|[\w./-]*\.\w+(?::\d+)?|\bund\b|\blinux \w+, Node [\d.]+|\d+ × .*/gu;
const readAttributes = [
  'aria-label',
  'aria-description',
  'aria-valuetext',
  'aria-roledescription',
  'title',
  'placeholder',
  'alt',
];

/** Every text and every label below the root that can be seen or is said, but for those within `except`. */
async function textsOf(root: Locator, except: string): Promise<string[]> {
  return root.evaluate(
    (top, { excepted, attributes }) => {
      const texts: string[] = [];
      // A sentence with keys or marks in it is several nodes of one block.
      const sentences = new Map<Element | null, string>();
      const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node: Node | null = top; node !== null; node = walker.nextNode()) {
        const element = node instanceof Element ? node : node.parentElement;
        if (element === null || element.closest(`script, style, ${excepted}`) !== null) continue;
        if (node instanceof Text) {
          const block = element.closest('p, li, td, th, button, h1, h2, h3, div, section');
          sentences.set(block, `${sentences.get(block) ?? ''} ${node.data}`);
        } else {
          for (const name of attributes) texts.push(element.getAttribute(name) ?? '');
        }
      }
      texts.push(...sentences.values());
      return texts;
    },
    { excepted: except, attributes: readAttributes },
  );
}

/** What is still said without having gone through a translation. */
export function bareOf(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => /\p{L}/u.test(unmarked(text).replace(sameEverywhere, ' ')));
}

/** {@link bareOf} a page of the extension. */
export async function bareTextsOfPage(page: Frame): Promise<string[]> {
  return bareOf(await textsOf(page.locator('body'), codeOfPages));
}
