import type { Frame } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** Opens the quick pick and types a query into it. */
export async function searchInPick(workbench: Workbench, query: string): Promise<void> {
  const input = workbench.page.getByPlaceholder('Describe the code you look for');
  for (let attempt = 1; ; attempt++) {
    await workbench.runCommand('CodeWeaver: Search by Meaning…');
    try {
      await input.fill(query, { timeout: 10_000 });
      return;
    } catch (error) {
      // A window that is just starting moves the focus, and VS Code closes a pick that loses it.
      if (attempt === 3 || (await input.isVisible())) throw error;
    }
  }
}

/** Opens the search view and types a query into it; resolves with the view's document when it has results to it. */
export async function searchInView(workbench: Workbench, query: string): Promise<Frame> {
  await workbench.runCommand('CodeWeaver: Open Search View');
  const view = await workbench.webview('Results');
  await view.getByRole('combobox', { name: 'Search by meaning' }).fill(query);
  return untilAnswered(workbench, query);
}

/** Waits until the search view has this query and results to it, not those to the query before; resolves with its document. */
export async function untilAnswered(workbench: Workbench, query: string): Promise<Frame> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const view = await workbench.webview('Results');
    const isAnswered = view.waitForFunction(
      (asked) =>
        document.querySelector<HTMLInputElement>('[type="search"]')?.value === asked &&
        document.querySelector('[role="tree"]:not([aria-busy="true"]) [role="treeitem"]') !== null,
      query,
      { timeout: 2_000 },
    );
    try {
      await isAnswered;
      return view;
    } catch (error) {
      // VS Code makes the document anew when the view is hidden and shown, and when it moves: look for it again.
      if (Date.now() > deadline) throw error;
    }
  }
}
