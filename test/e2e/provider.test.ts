import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { hostWorkspace } from '../support/hostSuite.ts';
import { searchInPick, searchInView } from '../support/searching.ts';
import { Workbench } from '../support/workbench.ts';

const apiKey = 'sk-for-tests-only';

describe('a remote embedding provider', () => {
  let server: EmbeddingServer;
  let workbench: Workbench;

  before(async () => {
    server = await startEmbeddingServer({ apiKey, models: ['test-embedding'] });
  });
  afterEach(async () => workbench.close());
  after(async () => server.close());

  const settings = () => ({
    'codeweaver.embedding.provider': 'openai',
    'codeweaver.embedding.baseUrl': server.url,
    'codeweaver.embedding.model': 'test-embedding',
  });

  async function untilFound(): Promise<void> {
    const view = await searchInView(workbench, 'retry with backoff');
    await view.getByRole('treeitem').filter({ hasText: 'retry.ts' }).first().waitFor();
  }

  async function index(): Promise<void> {
    await workbench.runCommand('CodeWeaver: Index Workspace');
  }

  it('gets nothing before the user has said so for the workspace, then the code, once', async () => {
    workbench = await Workbench.open({ settings: settings() });
    await untilFound();
    assert.equal(server.requests.length, 0);

    await workbench.runCommand('CodeWeaver: Set API Key…');
    await workbench.quickInput.fill(apiKey);
    await workbench.page.keyboard.press('Enter');
    await workbench.notification('is set').waitFor();
    assert.equal(server.requests.length, 0);

    await index();
    await workbench.quickPick.filter({ hasText: `sends this code to ${server.url}` }).waitFor();
    assert.equal(server.requests.length, 0);
    await workbench.quickPickRow(/Send and Index/u).click();
    await workbench.notification(/files indexed/).waitFor();
    assert.ok(server.requests.length > 0);
    assert.ok([...server.texts.values()].every((times) => times === 1));

    await searchInPick(workbench, 'try again after a failure');
    await workbench.quickPick.filter({ hasText: 'server/retry.ts' }).first().waitFor();
    assert.equal(await workbench.page.getByText('found by words').count(), 0);
    await workbench.page.keyboard.press('Escape');

    await workbench.reload();
    await untilFound();
    assert.ok([...server.texts.values()].every((times) => times === 1));
  });

  it('that refuses the key is said so, with the way to set another, while words still find', async () => {
    workbench = await Workbench.open({ settings: settings() });
    await index();
    await workbench.quickPickRow(/Send and Index/u).click();
    const notification = workbench.notification('refused the API key');
    await notification.waitFor();
    await notification.getByRole('button', { name: 'Set API Key' }).waitFor();
    await workbench.screenshot('provider-refused');
    await untilFound();
    await workbench.statusBarItem('codeweaver.status').and(workbench.page.locator('.error-kind')).waitFor();
  });

  it('gets nothing from a folder in Restricted Mode, whatever its own settings say', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-untrusted-'));
    const before = server.requests.length;
    try {
      await cp(hostWorkspace, scratch, { recursive: true });
      await mkdir(join(scratch, '.vscode'));
      await writeFile(join(scratch, '.vscode/settings.json'), JSON.stringify(settings()));
      workbench = await Workbench.open({ workspace: scratch, trusted: false });
      await untilFound();
      await index();
      await workbench.notification(/files indexed/).waitFor();
      await workbench.screenshot('provider-restricted');
      assert.equal(server.requests.length, before);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });

  it('of the user gets nothing in Restricted Mode either, and the view says why', async () => {
    const before = server.requests.length;
    workbench = await Workbench.open({ settings: settings(), trusted: false });
    await untilFound();
    const view = await workbench.webview('Results');
    await view.getByText('In Restricted Mode nothing is sent').first().waitFor();
    await index();
    await workbench.notification(/files indexed/).waitFor();
    assert.equal(server.requests.length, before);
  });
});
