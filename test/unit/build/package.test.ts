import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageManager, listFiles } from '@vscode/vsce';
import { describe, it } from 'mocha';

const project = join(import.meta.dirname, '../../..');

describe('the package', () => {
  it('holds nothing but what the allow-list names', async () => {
    const files = await listFiles({ cwd: project, packageManager: PackageManager.None });
    const shipped =
      /^(dist\/(extension\.cjs|(worker|shard|parser|highlight|cli|cli-[^/]+)\.js|webview\/.*\.(js|css)|ThirdPartyNotices\.txt)|l10n\/.*\.json|media\/(.*\.(png|svg|wasm)|model\.bin)|(README|CHANGELOG)\.md|LICENSE|package(\.nls.*)?\.json)$/;
    assert.deepEqual(
      files.filter((file) => !shipped.test(file)),
      [],
    );
    for (const file of [
      'package.json',
      'LICENSE',
      'dist/cli.js',
      'media/icon.png',
      'media/kernel.wasm',
      'media/embed.wasm',
      'media/model.bin',
    ])
      assert.ok(files.includes(file), file);
  });

  it('is described in the same words as its licence file', () => {
    const { license } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { license: string };
    assert.equal(license, 'Apache-2.0');
    assert.match(readFileSync(join(project, 'LICENSE'), 'utf8'), /Apache License\s+Version 2\.0/);
  });

  it('is locked without naming a registry', () => {
    const lock = readFileSync(join(project, 'package-lock.json'), 'utf8');
    assert.deepEqual(lock.match(/"resolved": "[^"]*"/g) ?? [], []);
  });
});
