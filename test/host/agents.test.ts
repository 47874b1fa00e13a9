import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import manifest from '../../package.json' with { type: 'json' };
import { type SearchToolInput, searchToolName } from '../../src/vscode/agents/searchTool.ts';
import { chunkKinds, searchModes, testScopes } from '../../src/protocol/types.ts';
import type { CodeWeaverApi } from '../../src/vscode/publicApi.ts';
import { indexedWorkspace, workspaceUri } from '../support/extensionHost.ts';

async function ask(input: object, tokenization?: vscode.LanguageModelToolTokenizationOptions): Promise<string> {
  const { content } = await vscode.lm.invokeTool(searchToolName, {
    ...{ input, toolInvocationToken: undefined },
    ...(tokenization && { tokenizationOptions: tokenization }),
  });
  return content.map((part) => (part as vscode.LanguageModelTextPart).value).join('');
}

describe('the search tool of agents', () => {
  before(async () => indexedWorkspace());

  it('is declared as it is written', () => {
    const [tool] = manifest.contributes.languageModelTools;
    assert(tool);
    assert.equal(tool.name, searchToolName);
    const { properties, required } = tool.inputSchema;
    const names: Record<keyof SearchToolInput, true> = {
      ...{
        query: true,
        k: true,
        mode: true,
        paths: true,
        excludePaths: true,
        languages: true,
        kinds: true,
        tests: true,
      },
    };
    assert.deepEqual(Object.keys(properties), Object.keys(names));
    assert.deepEqual(required, ['query']);
    assert.deepEqual(properties.mode.enum, [...searchModes]);
    assert.deepEqual(properties.kinds.items.enum, [...chunkKinds]);
    assert.deepEqual([...properties.tests.enum].sort(), [...testScopes].sort());
    assert.ok(vscode.lm.tools.some(({ name }) => name === searchToolName));
  });

  it('answers with places, names and code', async () => {
    const text = await ask({ query: 'read a csv file', k: 3 });
    assert.match(text, /tools\/importCsv\.rs:\d+-\d+ \(\w+ [^)]+\)\n```rust\n/);
    assert.equal(text.match(/^\S+:\d+-\d+ \(/gmu)?.length, 3);
  });

  it('keeps to the budget of the model, by the model’s own count', async () => {
    const countTokens = async (text: string): Promise<number> => Promise.resolve(text.length);
    for (const tokenBudget of [0, 120, 900]) {
      const text = await ask({ query: 'parcel', k: 20 }, { tokenBudget, countTokens });
      assert.ok(text.length <= tokenBudget, `${text.length} of ${tokenBudget}`);
    }
  });

  it('filters as it is told', async () => {
    const text = await ask({ query: 'parcel', k: 20, paths: ['tools'], languages: ['rust'], mode: 'lexical' });
    for (const [place] of text.matchAll(/^\S+:\d+-\d+/gmu)) assert.match(place, /^tools\//);
    assert.equal(await ask({ query: 'parcel', paths: ['nowhere/**'] }), 'No results.');
    assert.match(await ask({ query: 'read a csv file', k: 20 }), /^tools\/importCsv\.rs:/m);
    const rest = await ask({ query: 'read a csv file', k: 20, excludePaths: ['tools'] });
    assert.match(rest, /^\S+:\d+-\d+ /m);
    assert.doesNotMatch(rest, /^tools\//m);
  });

  it('says what is wrong with a call', async () => {
    await assert.rejects(ask({ query: ' ' }), /"query" must be a text/);
    await assert.rejects(ask({ query: 'x', tests: 'maybe' }), /"tests" must be one of only, exclude/);
    await assert.rejects(ask({ query: 'x', kinds: ['poem'] }), /"kinds" must be one of function/);
  });
});

describe('the API for other extensions and agents', () => {
  let api: CodeWeaverApi;
  before(async () => {
    api = await indexedWorkspace();
  });

  it('has a version', () => assert.equal(api.version, 1));

  it('finds code like that at a place', async () => {
    const { results } = await api.search({ query: 'parcel', k: 1 });
    const [found] = results;
    assert(found);
    const similar = await api.findSimilar({ uri: workspaceUri(found.path), line: found.startLine, k: 3 });
    assert.equal(similar.results.length, 3);
    assert.ok(similar.results.every(({ chunkId }) => chunkId !== found.chunkId));
    const nowhere = { uri: workspaceUri('none.ts'), line: 1 };
    await assert.rejects(api.findSimilar(nowhere), { code: 'NotFound' });
  });

  it('refuses what it was not asked for properly, naming the field', async () => {
    const wrong: [unknown, RegExp][] = [
      [undefined, /request must be an object/],
      [{ query: 3 }, /"query"/],
      [{ query: 'x', k: 0 }, /"k" must be a whole number from 1 to 1000/],
      [{ query: 'x', mode: 'fast' }, /"mode" must be one of hybrid/],
      [{ query: 'x', minScore: 2 }, /"minScore"/],
      [{ query: 'x', rerank: 1 }, /"rerank"/],
      [{ query: 'x', filter: [] }, /"filter" must be an object/],
      [{ query: 'x', filter: { paths: 'src' } }, /"paths" must be an array/],
    ];
    for (const [request, message] of wrong)
      await assert.rejects(api.search(request as never), { code: 'InvalidArgument', message });
    for (const request of [
      { uri: 'src/a.ts', line: 1 },
      { uri: vscode.Uri.parse('untitled:a'), line: 1 },
    ])
      await assert.rejects(api.findSimilar(request as never), { code: 'InvalidArgument', message: /"uri"/ });
    await assert.rejects(api.findSimilar({ uri: workspaceUri('a.ts'), line: 0 }), { code: 'InvalidArgument' });
  });

  it('gives everybody copies of their own', async () => {
    const status = await api.status();
    (status.folders as unknown[]).length = 0;
    assert.equal((await api.status()).folders.length, 1);
    const { results } = await api.search({ query: 'parcel' });
    const count = results.length;
    (results as unknown[]).length = 0;
    assert.equal((await api.search({ query: 'parcel' })).results.length, count);
  });
});
