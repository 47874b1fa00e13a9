import assert from 'node:assert/strict';
import { renderForAgent } from '../../../src/util/agentText.ts';
import { resultWith } from '../../support/cliEngine.ts';

const countTokens = (text: string): number => text.length;
const render = async (results: Parameters<typeof renderForAgent>[0], maxTokens = 10_000) =>
  renderForAgent(results, { maxTokens, countTokens });

/** A result of so many lines, each of 20 characters. */
const long = (path: string, lines: number) =>
  resultWith({
    path,
    startLine: 1,
    endLine: lines,
    snippet: Array.from({ length: lines }, () => 'x'.repeat(20)).join('\n'),
  });

describe('text for agents', () => {
  it('says place, kind, symbol and code of each result', async () => {
    const { text, results, omitted } = await render([resultWith({})]);
    assert.equal(
      text,
      'src/retry.ts:10-12 (method Retry.delay)\n```typescript\ndelay() {\n  return 2 ** this.attempt;\n}\n```',
    );
    assert.equal(omitted, 0);
    assert.equal(results[0]?.code, 'delay() {\n  return 2 ** this.attempt;\n}');
  });

  it('says that there is nothing, after what is to be known about that', async () => {
    const { text } = await renderForAgent([], { maxTokens: 100, countTokens, notes: ['Still indexing.'] });
    assert.equal(text, 'Still indexing.\n\nNo results.');
  });

  it('shows the best whole, shortens the next and then leaves out the last', async () => {
    const found = [long('a.ts', 10), long('b.ts', 30), long('c.ts', 30)];
    const roomy = await render(found, 700);
    assert.equal(roomy.results[0]?.code.split('\n').length, 10);
    assert.ok((roomy.results[1]?.code ?? '') !== '');
    assert.equal(roomy.results[2]?.code, '');
    assert.equal(roomy.omitted, 0);
    assert.match(roomy.text, /\(\d+ more lines of it\)/);

    const tight = await render(found, 170);
    assert.ok(tight.omitted > 0);
    assert.match(tight.text, new RegExp(`Left out for lack of room: ${tight.omitted} of the results`));
  });

  it('counts the lines of a chunk that its snippet did not have', async () => {
    const { text } = await render([resultWith({ startLine: 1, endLine: 90, snippet: 'first\nsecond' })]);
    assert.match(text, /\(88 more lines of it\)/);
  });

  it('fences code that has fences itself', async () => {
    const { text } = await render([resultWith({ language: 'markdown', snippet: '````ts\nx\n````' })]);
    assert.match(text, /\n`{5}markdown\n````ts\nx\n````\n`{5}/);
  });

  it('marks text that is not saved, and names the folder where it is told to', async () => {
    const { text } = await renderForAgent([resultWith({ unsaved: true })], {
      ...{ maxTokens: 1_000, countTokens },
      prefixOf: () => 'web/',
    });
    assert.match(text, /^web\/src\/retry\.ts:10-12 \(method Retry\.delay, not saved yet\)/);
  });
});
