import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { type EmbeddingServer, startEmbeddingServer } from '../support/embeddingServer.ts';
import { Workbench } from '../support/workbench.ts';

const apiKey = 'sk-for-tests-only';

describe('what embedding costs', () => {
  let server: EmbeddingServer;
  let workbench: Workbench;

  before(async () => {
    server = await startEmbeddingServer({ apiKey, models: ['text-embedding-3-small', 'chat-model'] });
  });
  afterEach(async () => workbench.close());
  after(async () => server.close());

  async function answerInput(text: string): Promise<void> {
    await workbench.quickInput.fill(text);
    await workbench.page.keyboard.press('Enter');
  }

  async function step(number: number): Promise<void> {
    await workbench.page.locator('.quick-input-title', { hasText: `(${number}/5)` }).waitFor();
  }

  it('is shown by a guided choice that goes back, tries out, and saves at its end; then asked for', async () => {
    workbench = await Workbench.open({ theme: 'dark' });
    const { page } = workbench;
    const sent = (): number => server.requests.length;
    await workbench.runCommand('CodeWeaver: Choose Embedding Provider…');
    await workbench.quickPickRow('OpenAI').waitFor();
    await workbench.screenshot('provider-choice');
    await workbench.quickInput.fill('Another');
    await page.keyboard.press('Enter');
    await step(2);
    await answerInput('no address');
    await page.getByText('starts with http').first().waitFor();
    await answerInput(`${server.url}/`);
    await step(3);
    await answerInput('sk-wrong');
    await step(4);
    await workbench.quickPickRow('text-embedding-3-small').waitFor();
    await workbench.screenshot('provider-model');
    await page.getByRole('button', { name: 'Back' }).click();
    await step(3);
    await page.keyboard.press('Enter');
    await step(4);
    await workbench.quickInput.fill('text-embedding-3-small');
    await page.keyboard.press('Enter');

    // A refused key leads back to the step of the key, with the reason.
    await step(3);
    await page.locator('.quick-input-widget').getByText(/key/u).first().waitFor();
    await workbench.screenshot('provider-wrong-key');
    await answerInput(apiKey);
    await step(4);
    await workbench.quickInput.fill('text-embedding-3-small');
    await page.keyboard.press('Enter');
    await step(5);
    await workbench.quickPickRow(/answered in/u).waitFor();
    await workbench.quickPickRow(/chunks to send.*less than \$0\.01/u).waitFor();
    await workbench.screenshot('provider-tried');
    assert.equal(sent(), 2);
    assert.ok(server.requests.every(({ inputs }) => inputs.length === 1));

    await workbench.quickPickRow(/Use It and Index/u).click();
    const send = workbench.quickPickRow(/Send and Index/u);
    await send.waitFor();
    await workbench.screenshot('plan');
    // The row that has the focus does nothing.
    await page.keyboard.press('Enter');
    await workbench.quickPickRow(/server$/u).click();
    await workbench.quickPick.filter({ hasText: 'left out' }).first().waitFor();
    await workbench.screenshot('plan-left-out');
    assert.equal(sent(), 2);
    await send.click();
    await workbench.notification(/files indexed/).waitFor();
    assert.ok(sent() > 2);
    const texts = server.requests.slice(2).flatMap(({ inputs }) => inputs);
    assert.ok(texts.length > 0 && !texts.some((text) => text.startsWith('server/')));
    const settings = JSON.parse(await readFile(join(workbench.folder, '.vscode/settings.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    assert.deepEqual(settings['codeweaver.files.exclude'], ['server/**']);
    assert.ok(!Object.keys(settings).some((name) => name.startsWith('codeweaver.embedding')));

    await workbench.runCommand('CodeWeaver: Show Performance');
    const panel = await workbench.webview('CodeWeaver Performance');
    await panel.getByText('Budget of this workspace').waitFor();
    await panel.getByText('Budget of this workspace').scrollIntoViewIfNeeded();
    await workbench.screenshot('spent');
  });

  it('leaves everything as it is when the choice is left', async () => {
    workbench = await Workbench.open();
    const before = server.requests.length;
    await workbench.runCommand('CodeWeaver: Choose Embedding Provider…');
    await workbench.quickInput.fill('Another');
    await workbench.page.keyboard.press('Enter');
    await step(2);
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('CodeWeaver: Index Workspace');
    await workbench.notification(/files indexed/).waitFor();
    assert.equal(server.requests.length, before);
  });

  it('stays within a budget, says so, and goes on when it is raised', async () => {
    workbench = await Workbench.open({
      theme: 'light',
      settings: {
        'codeweaver.embedding.provider': 'openai',
        'codeweaver.embedding.baseUrl': server.url,
        'codeweaver.embedding.model': 'text-embedding-3-small',
        'codeweaver.embedding.budgetTokens': 0,
      },
    });
    const { page } = workbench;
    const before = server.requests.length;
    await workbench.runCommand('CodeWeaver: Set API Key…');
    await answerInput(apiKey);
    await workbench.notification('is set').waitFor();
    await workbench.runCommand('CodeWeaver: Index Workspace');
    await workbench.quickPickRow(/Send and Index/u).waitFor();
    await workbench.screenshot('plan-light');
    await workbench.quickPickRow(/Send and Index/u).click();
    const notification = workbench.notification('budget is reached');
    await notification.waitFor();
    assert.equal(server.requests.length, before);
    await notification.getByRole('button', { name: 'Set Budget' }).click();
    await workbench.quickInput.waitFor();
    await workbench.screenshot('budget');
    await answerInput('1,000,000');
    await workbench.notification('1,000,000 tokens').waitFor();
    await workbench.runCommand('CodeWeaver: Index Workspace');
    await workbench.notification(/files indexed/).waitFor();
    assert.ok(server.requests.length > before);
    await page.keyboard.press('Escape');
  });
});
