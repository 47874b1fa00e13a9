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

/** Opens the search view and types a query into it; resolves with the view's document when there are results. */
export async function searchInView(workbench: Workbench, query: string): Promise<Frame> {
  await workbench.runCommand('CodeWeaver: Open Search View');
  const view = await workbench.webview('Results');
  await view.getByRole('searchbox').fill(query);
  await view.getByRole('treeitem').first().waitFor();
  return view;
}
