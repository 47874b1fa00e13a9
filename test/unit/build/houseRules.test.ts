import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'mocha';

const project = join(import.meta.dirname, '../../..');
const sources = globSync('{src,webview}/**/*.ts', { cwd: project }).filter((file) => !file.endsWith('.d.ts'));

describe('house rules', () => {
  it('names files in camelCase and folders in one word', () => {
    const wrong = sources.filter((file) => {
      const folders = dirname(file).split(/[\\/]/);
      return !/^[a-z][A-Za-z0-9]*\.ts$/.test(basename(file)) || !folders.every((folder) => /^[a-z]+$/.test(folder));
    });
    assert.deepEqual(wrong, []);
  });

  it('has no barrels and no catch-all files', () => {
    const wrong = sources.filter((file) => /(^index|(utils?|helpers?|common|misc|manager))\.ts$/i.test(basename(file)));
    assert.deepEqual(wrong, []);
  });

  it('keeps the median file within 100 lines', () => {
    const lengths = sources.map((file) => readFileSync(join(project, file), 'utf8').split('\n').length - 1);
    const median = lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0;
    assert.ok(median <= 100, `the median is ${median} lines`);
  });
});
