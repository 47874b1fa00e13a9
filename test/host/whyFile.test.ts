import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { whyText } from '../../src/vscode/whyFile.ts';

describe('why a file is not indexed', () => {
  it('is said with the rule, or with what decided where there is none', () => {
    const rule = { pattern: 'build/', source: '.gitignore', line: 1 };
    const path = 'build/a.ts';
    assert.equal(
      whyText({ path, state: 'ignored', detail: 'Ignored by build/ (.gitignore, line 1).', rule }),
      'build/a.ts: not indexed: ignored. Rule "build/" (.gitignore, line 1).',
    );
    assert.equal(
      whyText({ path, state: 'ignored', detail: 'The directory build is excluded by build (files.exclude).' }),
      'build/a.ts: not indexed: ignored. The directory build is excluded by build (files.exclude).',
    );
    assert.equal(whyText({ path, state: 'indexed', detail: 'Indexed.', chunks: 1 }), 'build/a.ts: indexed, 1 chunk.');
  });
});
