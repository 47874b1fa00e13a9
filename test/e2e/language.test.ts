import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { bareOf, bareTextsOfPage } from '../support/bareTexts.ts';
import { pseudo } from '../support/pseudoLocale.ts';
import { Workbench } from '../support/workbench.ts';

/* In a language that nobody speaks, what was not translated shows. Numbers are those of German. */
describe('in another language', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ locale: 'de' });
    await workbench.statusBarItem('codeweaver.status').waitFor();
  });
  after(async () => workbench.close());

  const run = async (title: string): Promise<void> => workbench.runCommand(`CodeWeaver: ${pseudo(title)}`);

  it('the search view says everything, empty and with results', async () => {
    await run('Open Search View');
    const view = await workbench.webview(pseudo('Results'));
    await view.getByText(pseudo('Find code by what it does')).waitFor();
    assert.deepEqual(await bareTextsOfPage(view), []);
    await view.getByRole('combobox', { name: pseudo('Search by meaning') }).fill('retry with backoff');
    await view.getByRole('treeitem').first().waitFor();
    assert.deepEqual(await bareTextsOfPage(view), []);
    await workbench.screenshot('language-view');
  });

  it('the quick pick names, explains and asks', async () => {
    await run('Search by Meaning…');
    await workbench.quickInput.fill('retry with backoff');
    await workbench.quickPick.filter({ hasText: 'retry.ts' }).first().waitFor();
    const placeholder = (await workbench.quickInput.getAttribute('placeholder')) ?? '';
    const buttons = await workbench.page
      .locator('.quick-input-widget .action-label')
      .evaluateAll((labels) => labels.map((label) => label.getAttribute('aria-label') ?? ''));
    assert.deepEqual(bareOf([placeholder, ...buttons]), []);
    assert.notEqual(placeholder, '');
    await workbench.page.keyboard.press('Escape');
  });

  it('every command has a title', async () => {
    await workbench.page.keyboard.press('F1');
    await workbench.quickInput.fill('>CodeWeaver: ');
    await workbench.quickPick.nth(3).waitFor();
    // Below the title stands the English one, as VS Code has it for all commands.
    const rows = await workbench.quickPick.evaluateAll((found) =>
      found.map((row) => row.querySelector('.label-name')?.textContent ?? ''),
    );
    const own = rows.filter((row) => row.startsWith('CodeWeaver: '));
    assert.ok(own.length >= 5, rows.join());
    assert.deepEqual(bareOf(own.map((row) => row.replace(/^CodeWeaver: /u, ''))), []);
    await workbench.page.keyboard.press('Escape');
  });

  it('the status bar explains itself, with numbers as they are written there', async () => {
    const item = workbench.statusBarItem('codeweaver.status');
    await item.hover();
    const hover = workbench.page.locator('.monaco-hover', { hasText: pseudo('files') });
    await hover.waitFor();
    assert.deepEqual(bareOf((await hover.innerText()).split('\n')), []);
  });

  it('a notice tells why a file is indexed', async () => {
    await workbench.openFile('retry.ts');
    await run('Why Is This File (Not) Indexed?');
    const toast = workbench.notification('retry.ts: ⟦');
    await toast.waitFor();
    assert.deepEqual(bareOf([await toast.locator('.notification-list-item-message').innerText()]), []);
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('the benchmark says what it does and how it measured', async () => {
    await run('Run Benchmark');
    const toast = workbench.notification(pseudo('Measuring CodeWeaver on this machine'));
    await toast.filter({ hasText: pseudo('indexing and searching sources') }).waitFor();
    await workbench.activeTab.filter({ hasText: 'Untitled' }).waitFor({ timeout: 150_000 });
    const lines = await workbench.page.locator('.editor-group-container.active .view-line').allInnerTexts();
    const cells = lines.filter((line) => line.startsWith('|')).flatMap((line) => line.split('|'));
    assert.ok(cells.length > 20);
    // The editor shows blanks as non-breaking ones.
    assert.deepEqual(bareOf(cells.map((cell) => cell.replaceAll('\u00a0', ' ').trim())), []);
    await workbench.screenshot('language-benchmark');
  });

  it('the performance panel says everything, with numbers as they are written there', async () => {
    await run('Show Performance');
    const panel = await workbench.webview(pseudo('CodeWeaver Performance'));
    await panel.getByText(pseudo('Whole search')).waitFor();
    await panel.getByText(pseudo('answers')).first().waitFor();
    assert.deepEqual(await bareTextsOfPage(panel), []);
    const memory = panel.locator('body', { hasText: /\d,\d MB/u });
    await memory.waitFor();
    await workbench.screenshot('language-panel');
  });

  it('the walkthrough leads through the first steps', async () => {
    await run('Get Started');
    const page = workbench.page.locator('.gettingStartedContainer');
    await page.getByText(pseudo('Ask in your own words')).first().waitFor();
    await workbench.screenshot('language-walkthrough');
  });

  it('a report of diagnostics asks how much it may tell', async () => {
    await run('Report Diagnostics…');
    await workbench.quickPickRow(pseudo('Without names and paths')).waitFor();
    assert.deepEqual(bareOf(await workbench.quickPickRows()), []);
    await workbench.page.keyboard.press('Escape');
  });
});

describe('in another language, a provider that fails', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      locale: 'de',
      settings: {
        'codeweaver.embedding.provider': 'openai',
        'codeweaver.embedding.baseUrl': 'http://localhost:59999',
        'codeweaver.embedding.maxRetries': 0,
      },
    });
  });
  after(async () => workbench.close());

  it('is asked for permission, and then says why it failed', async () => {
    await workbench.runCommand(`CodeWeaver: ${pseudo('Index Workspace')}`);
    const send = workbench.quickPickRow(pseudo('Send and Index'));
    await send.waitFor();
    const asked = (await workbench.quickPick.allInnerTexts()).join('\n').replaceAll('localhost:59999', '').split('\n');
    // Directories have the names they have.
    assert.deepEqual(bareOf(asked.filter((text) => !/^(build|client|docs|server|tools)\b/u.test(text.trim()))), []);
    await send.click();
    const toast = workbench.notification('localhost:59999');
    await toast.waitFor();
    const said = await toast.locator('.notification-list-item-message').innerText();
    assert.deepEqual(bareOf([said.replaceAll('localhost:59999', '')]), []);
    await workbench.screenshot('language-failure');
  });
});
