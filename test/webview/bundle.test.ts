import assert from 'node:assert/strict';
import { pages } from '../support/pages.ts';

/** What a page may weigh, so that it opens at once. */
const maxBytes = 60_000;

describe('page bundles', () => {
  for (const name of ['search', 'performance']) {
    it(`${name}: script and styles stay within 60 kB each`, () => {
      for (const file of [`${name}.js`, `${name}.css`]) {
        const bytes = pages.server.sizes.get(file) ?? assert.fail(`${file} was not built.`);
        assert.ok(bytes > 0 && bytes <= maxBytes, `${file}: ${bytes} bytes`);
      }
    });
  }
});
