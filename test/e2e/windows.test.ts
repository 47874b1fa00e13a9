import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { searchInPick, searchInView } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

describe('two windows on one folder', () => {
  let first: Workbench;
  let second: Workbench;

  before(async () => {
    first = await Workbench.open();
    await first.untilIndexed();
    second = await first.openWindow();
  });
  after(async () => first.close());

  it('both search; the one that does not index says so', async () => {
    await searchInPick(second, 'retry with backoff');
    await second.quickPick.filter({ hasText: 'server/retry.ts' }).first().waitFor();
    await second.page.keyboard.press('Escape');
    const view = await searchInView(second, 'retry with backoff');
    await view.getByText('Another window indexes this folder').first().waitFor();
    await second.screenshot('second-window');
  });

  it('both find what is written later', async () => {
    await writeFile(join(first.folder, 'later.ts'), 'export function flamingo(): void {}\n');
    for (const window of [first, second]) {
      await searchInPick(window, 'flamingo');
      await window.quickPick.filter({ hasText: 'later.ts' }).first().waitFor();
      await window.page.keyboard.press('Escape');
    }
  });
});
