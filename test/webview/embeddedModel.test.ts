import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.ts';
import { digestOf, goldenModels, goldenName, readGoldenRecord } from '../support/goldenRecord.ts';

const project = new URL('../../', import.meta.url);

describe('the embedded model in a browser', function () {
  this.timeout(60_000);
  let browser: Browser;

  before(async () => {
    browser = await launchChromium();
  });

  after(async () => browser.close());

  it('gives the recorded bytes', async () => {
    const { outputFiles } = await build({
      entryPoints: [new URL('test/support/goldenVectors.ts', project).pathname],
      ...{ bundle: true, format: 'iife', globalName: 'golden', platform: 'browser', write: false },
    });
    const page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
    const pooling = readFileSync(new URL('media/embed.wasm', project)).toString('base64');
    for (const model of goldenModels()) {
      const vectors = await page.evaluate(
        async ([modelText, poolingText]) => {
          const bytes = (text: string): Uint8Array<ArrayBuffer> =>
            Uint8Array.from(atob(text), (at) => at.charCodeAt(0));
          const { golden } = globalThis as unknown as {
            golden: { goldenVectors: (model: Uint8Array, pooling: WebAssembly.Module) => Uint8Array };
          };
          return Array.from(golden.goldenVectors(bytes(modelText), await WebAssembly.compile(bytes(poolingText))));
        },
        [Buffer.from(model).toString('base64'), pooling] as const,
      );
      assert.equal(digestOf(Uint8Array.from(vectors)), readGoldenRecord()[goldenName(model)]);
    }
  });
});
