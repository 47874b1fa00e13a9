import assert from 'node:assert/strict';
import manifest from '../../../package.json' with { type: 'json' };
import { defaultConfig } from '../../../src/protocol/config.ts';
import { settingTable, toSettings } from '../../../src/vscode/settingTable.ts';

type Property = Record<string, unknown>;
const properties = Object.fromEntries(
  manifest.contributes.configuration.flatMap((group) => Object.entries<Property>(group.properties)),
);
const shared = ['type', 'default', 'minimum', 'maximum', 'enum', 'items', 'additionalProperties'];

function settingsOf(values: Record<string, unknown>, excludes: Record<string, unknown> = {}) {
  return toSettings(
    (key) => values[key],
    (name) => excludes[name],
  );
}

describe('settings', () => {
  it('in package.json are those of the table, no more and no less', () => {
    assert.deepEqual(
      Object.keys(properties).sort(),
      Object.keys(settingTable)
        .map((key) => `codeweaver.${key}`)
        .sort(),
    );
  });

  for (const [key, { schema }] of Object.entries(settingTable)) {
    it(`codeweaver.${key} has the type, default and range of the table`, () => {
      const property = properties[`codeweaver.${key}`] ?? {};
      assert.deepEqual(Object.fromEntries(Object.entries(property).filter(([name]) => shared.includes(name))), schema);
    });
  }

  it('at their defaults are the engine default configuration', () => {
    const defaults = Object.fromEntries(Object.entries(settingTable).map(([key, { schema }]) => [key, schema.default]));
    assert.deepEqual(settingsOf(defaults).engine, defaultConfig);
    assert.deepEqual(settingsOf({}).engine, defaultConfig);
  });

  it('that decide where code is sent cannot come from an untrusted workspace', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    for (const key of ['provider', 'baseUrl', 'model', 'headers', 'organization']) {
      assert.ok(restricted.includes(`codeweaver.embedding.${key}`), key);
    }
    for (const key of ['enabled', 'baseUrl', 'model']) {
      assert.ok(restricted.includes(`codeweaver.rerank.${key}`), key);
    }
  });

  it('of a wrong type fall back to the default, numbers out of range to the nearest allowed', () => {
    const { engine, editor } = settingsOf({
      'files.include': ['src/**', 7, ''],
      'files.maxFileBytes': '1 MB',
      'chunking.maxTokens': 10,
      'embedding.provider': 'acme',
      'embedding.maxBatchInputs': 1e9,
      'embedding.headers': { good: 'yes', bad: 1 },
      'index.auto': 'yes',
      'search.k': 2.6,
    });
    assert.deepEqual(engine.files.include, ['src/**']);
    assert.equal(engine.files.maxFileBytes, defaultConfig.files.maxFileBytes);
    assert.equal(engine.chunking.maxTokens, 50);
    assert.equal(engine.embedding.provider, 'embedded');
    assert.equal(engine.embedding.maxBatchInputs, 2_048);
    assert.deepEqual(engine.embedding.headers, { good: 'yes' });
    assert.equal(editor.autoIndex, true);
    assert.equal(editor.k, 3);
  });

  it('take the excludes of VS Code that are on, each with its source', () => {
    const { engine } = settingsOf(
      { 'files.exclude': ['old/**'] },
      {
        'files.exclude': { '**/.git': true, '**/out': false, '**/*.js': { when: '$(basename).ts' } },
        'search.exclude': { '**/node_modules': true },
      },
    );
    assert.deepEqual(engine.files.exclude, [
      { glob: '**/.git', source: 'files.exclude' },
      { glob: '**/node_modules', source: 'search.exclude' },
      { glob: 'old/**', source: 'codeweaver.files.exclude' },
    ]);
  });

  it('give the endpoint without a trailing slash, and the default for an empty one', () => {
    assert.equal(settingsOf({ 'embedding.baseUrl': ' http://a/v1// ' }).engine.embedding.baseUrl, 'http://a/v1');
    assert.equal(settingsOf({ 'embedding.baseUrl': '' }).engine.embedding.baseUrl, defaultConfig.embedding.baseUrl);
  });

  it('never ask for chunks that are larger at least than at most', () => {
    const { chunking } = settingsOf({ 'chunking.maxTokens': 60, 'chunking.minTokens': 900 }).engine;
    assert.deepEqual(chunking, { maxTokens: 60, minTokens: 60 });
  });
});
