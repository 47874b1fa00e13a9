import type { Frame } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** Opens the quick pick and types a query into it. */
export async function searchInPick(workbench: Workbench, query: string): Promise<void> {
  await workbench.runCommand('CodeWeaver: Search by Meaning…');
  await workbench.page.getByPlaceholder('Describe the code you look for').fill(query);
}

/** Opens the search view and types a query into it; resolves with the view's document when there are results. */
export async function searchInView(workbench: Workbench, query: string): Promise<Frame> {
  await workbench.runCommand('CodeWeaver: Open Search View');
  const view = await workbench.webview('Results');
  await view.getByRole('searchbox').fill(query);
  await view.getByRole('treeitem').first().waitFor();
  return view;
}
