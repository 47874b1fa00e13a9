import type { Frame, Page } from 'playwright-core';
import axe from 'axe-core';

/**
 * What axe finds wrong on a page, serious and critical, one line per element.
 *
 * @param background CSS colour of what is behind a transparent page: axe knows its own document only.
 */
export async function accessibilityProblems(page: Page | Frame, background?: string): Promise<string[]> {
  if (background !== undefined) {
    await page.evaluate((colour) => (document.documentElement.style.backgroundColor = colour), background);
  }
  // Evaluated by the debugger: the page's own policy allows no foreign script.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
  });
}
