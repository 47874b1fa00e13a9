import assert from 'node:assert/strict';
import { budgets } from '../../esbuild.config.mjs';
import { pages } from '../support/pages.ts';

/** What a style sheet may weigh, so that a page opens at once. */
const maxStyleBytes = 60_000;

describe('page bundles', () => {
  for (const name of ['search', 'performance'] as const) {
    it(`${name}: script and styles stay within their budgets`, () => {
      const limits = { [`${name}.js`]: budgets[`dist/webview/${name}.js`], [`${name}.css`]: maxStyleBytes };
      for (const [file, maxBytes = 0] of Object.entries(limits)) {
        const bytes = pages.server.sizes.get(file) ?? assert.fail(`${file} was not built.`);
        assert.ok(bytes > 0 && bytes <= maxBytes, `${file}: ${bytes} bytes`);
      }
    });
  }
});
