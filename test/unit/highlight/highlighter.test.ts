import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'mocha';
import type { IOnigLib } from 'vscode-textmate';
import { Highlighter } from '../../../src/highlight/highlighter.ts';
import { loadOniguruma } from '../../../src/highlight/oniguruma.ts';
import type { LogRecord } from '../../../src/protocol/engineApi.ts';
import type { SyntaxSources, SyntaxTheme } from '../../../src/protocol/syntax.ts';
import { colouredParts } from '../../support/colouredParts.ts';
import { toySources, wasmPath } from '../../support/syntaxFixture.ts';

const dark: SyntaxTheme = { kind: 'vs-dark', names: ['Toy Dark'], customizations: {} };

describe('syntax colours', () => {
  let oniguruma: Promise<IOnigLib>;
  let highlighter: Highlighter;
  let records: LogRecord[];

  before(() => {
    oniguruma = loadOniguruma(wasmPath);
  });

  beforeEach(() => {
    records = [];
    highlighter = new Highlighter({ oniguruma, log: (record) => records.push(record) });
  });

  /** The parts of a text that have a colour or a font style of their own, line by line. */
  async function parts(
    text: string,
    path = 'a.toy',
    theme = dark,
    sources: SyntaxSources = toySources,
  ): Promise<string[]> {
    await highlighter.setSources(sources);
    await highlighter.setTheme(theme);
    return colouredParts(await highlighter.colour([{ path, language: 'unknown', text, isMember: false }]), text);
  }

  it('come from the grammar of the language and the rules of the theme, included ones below its own', async () => {
    assert.deepEqual(await parts('let a = 12 # end\n  give "b"'), [
      'let #FFAA00 bold',
      '12 #0000FF',
      '# end #008800',
      'give #FFAA00 bold',
      '"b" #AA0000',
    ]);
    assert.deepEqual(records, []);
  });

  it('go on over lines, whatever ends them', async () => {
    assert.deepEqual(await parts('(* one\r\ntwo\n\nthree *) 4'), [
      '(* one #008800',
      'two #008800',
      'three *) #008800',
      '4 #0000FF',
    ]);
  });

  it('come from injected grammars too', async () => {
    const todo = ['(*  #008800', 'TODO #FFAA00 italic underline', ' *) #008800'];
    assert.deepEqual(await parts('(* TODO *)'), todo);
  });

  it('of a template come from the grammars it includes; a property list is a grammar as well', async () => {
    assert.deepEqual(await parts('let {{ let }}', 'a.view.toy'), ['let #FFAA00 bold']);
  });

  for (const [path, language] of [
    ['deep/Toyfile', 'unknown'],
    ['a.b.TOY', 'unknown'],
    ['noExtension', 'toy'],
    ['a.bare', 'unknown'],
  ] as const) {
    it(`follow the file as the editor does: ${path}, ${language}`, async () => {
      await highlighter.setSources(toySources);
      await highlighter.setTheme(dark);
      const { texts } = await highlighter.colour([{ path, language, text: '12', isMember: false }]);
      assert.equal(texts[0]?.[0]?.length, 2);
    });
  }

  it('are none for a language without a grammar', async () => {
    await highlighter.setSources(toySources);
    await highlighter.setTheme(dark);
    const { texts } = await highlighter.colour([{ path: 'a.xyz', language: 'xyz', text: '12', isMember: false }]);
    assert.deepEqual(texts, [[]]);
  });

  it('are none where the grammar is missing, which is told once', async () => {
    assert.deepEqual(await parts('let', 'a.broken'), []);
    assert.deepEqual(await parts('give', 'b.broken'), []);
    assert.deepEqual(
      records.map(({ level, fields }) => [level, fields?.['what']]),
      [['warn', 'broken']],
    );
  });

  it('end where a line is too long to be shown', async () => {
    const text = `let ${'a '.repeat(5_000)} let`;
    assert.deepEqual(await parts(text), ['let #FFAA00 bold']);
  });

  it('are those of the next theme once it is set', async () => {
    await parts('# a');
    await highlighter.setTheme({ kind: 'vs', names: ['Toy Light'], customizations: {} });
    const light = await highlighter.colour([{ path: 'a.toy', language: '', text: '# a', isMember: false }]);
    assert.deepEqual(colouredParts(light, '# a'), ['# a #779977']);
  });

  it('of a cancelled call are not computed to the end', async () => {
    await parts('');
    const controller = new AbortController();
    const texts = Array.from({ length: 50 }, () => ({ path: 'a.toy', language: '', text: 'let', isMember: false }));
    const call = highlighter.colour(texts, controller.signal);
    controller.abort();
    await assert.rejects(call, { code: 'Cancelled' });
  });

  describe('the theme', () => {
    const colourOfComment = async (theme: SyntaxTheme): Promise<string | undefined> =>
      (await parts('# a', 'a.toy', theme))[0]?.slice('# a '.length);

    it('is the first that is named and of the kind that is shown', async () => {
      const names = ['Toy Light', 'Unknown', 'Toy Dark'];
      assert.equal(await colourOfComment({ kind: 'vs-dark', names, customizations: {} }), '#008800');
      assert.equal(await colourOfComment({ kind: 'vs', names, customizations: {} }), '#779977');
    });

    it("is VS Code's own of that kind where the named one is not on this machine", async () => {
      assert.equal(await colourOfComment({ kind: 'vs-dark', names: ['Far Away'], customizations: {} }), '#111111');
    });

    it('is none where that one is missing as well: text stays as it is', async () => {
      assert.equal(await colourOfComment({ kind: 'hc-black', names: ['Far Away'], customizations: {} }), undefined);
    });

    it('may refer to a TextMate theme', async () => {
      assert.equal(await colourOfComment({ kind: 'vs', names: ['Toy List'], customizations: {} }), '#779977');
    });

    it('that includes itself is passed over, and the log says so', async () => {
      assert.equal(await colourOfComment({ kind: 'vs-dark', names: ['Toy Circle'], customizations: {} }), '#111111');
      assert.match(records[0]?.message ?? '', /theme could not be read/);
    });

    const customized = async (customizations: unknown): Promise<string | undefined> =>
      colourOfComment({ ...dark, customizations });

    it("has the user's own colours on top", async () => {
      assert.equal(await customized({ comments: '#abcdef' }), '#ABCDEF');
      assert.equal(await customized({ comments: { foreground: '#abcdef', fontStyle: 'italic' } }), '#ABCDEF italic');
      const textMateRules = [{ scope: 'comment.line', settings: { foreground: '#abcdef' } }];
      assert.equal(await customized({ comments: '#000001', textMateRules }), '#ABCDEF');
    });

    it('has those that are for it alone, and not those for others', async () => {
      for (const key of ['[Toy Dark]', '[Other][Toy Dark]', '[Toy*]', '[*Dark]', '[*oy Da*]', '[*]']) {
        assert.equal(await customized({ comments: '#000001', [key]: { comments: '#abcdef' } }), '#ABCDEF', key);
      }
      for (const key of ['[Toy Light]', '[Toy]', '[Dark*]', '[*Toy]']) {
        assert.equal(await customized({ [key]: { comments: '#abcdef' } }), '#008800', key);
      }
    });

    it('does not mind settings that are no colours', async () => {
      for (const nonsense of [undefined, 'red', [1], { comments: 7, textMateRules: 'x', '[Toy Dark]': 3 }]) {
        assert.equal(await customized(nonsense), '#008800');
      }
    });
  });
});
