import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { readTheme } from '../../src/highlight/theme.ts';
import type { LogRecord } from '../../src/protocol/engineApi.ts';
import type { AppError } from '../../src/protocol/errors.ts';
import type { SyntaxText } from '../../src/protocol/syntax.ts';
import { SyntaxColours } from '../../src/vscode/syntaxColours.ts';
import { extension, until } from '../support/extensionHost.ts';
import { colouredParts } from '../support/colouredParts.ts';

const themes = join(vscode.env.appRoot, 'extensions/theme-defaults/themes');
const typescript: SyntaxText = {
  path: 'src/otter.ts',
  language: 'typescript',
  isMember: false,
  text: '// Slides.\nexport function slide(): string {\n\treturn "down";\n}',
};

function noneIfCancelled(error: unknown): string[] {
  if ((error as AppError).code !== 'Cancelled') throw error;
  return [];
}

/** What VS Code's own grammars and themes give. */
describe('syntax colours in the editor', () => {
  const records: LogRecord[] = [];
  let colours: SyntaxColours;

  before(() => {
    colours = new SyntaxColours({ extensionUri: extension().extensionUri, log: (record) => records.push(record) });
  });

  after(async () => {
    colours.dispose();
    await change('workbench.colorTheme', undefined);
    await change('editor.tokenColorCustomizations', undefined);
  });

  async function change(setting: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration().update(setting, value, vscode.ConfigurationTarget.Global);
  }

  /** Waits until TypeScript has such parts; what is asked while the theme changes is cancelled. */
  async function shows(...expected: readonly string[]): Promise<void> {
    await until(expected.join(', '), async () => {
      const found = await parts(typescript).catch(noneIfCancelled);
      return expected.every((part) => found.includes(part));
    });
  }

  async function parts(text: SyntaxText): Promise<string[]> {
    return colouredParts(await colours.colour([text], new AbortController().signal), text.text);
  }

  /** The colour that a theme file has for a scope it names as such. */
  async function ruled(file: string, scope: string): Promise<string> {
    const { rules } = await readTheme(join(themes, file));
    const rule = rules.findLast((one) => one.settings.foreground !== undefined && [one.scope].flat().includes(scope));
    return rule?.settings.foreground?.toUpperCase() ?? '';
  }

  for (const [theme, file, kind] of [
    ['Dark Modern', 'dark_modern.json', vscode.ColorThemeKind.Dark],
    ['Light Modern', 'light_modern.json', vscode.ColorThemeKind.Light],
    ['Default High Contrast', 'hc_black.json', vscode.ColorThemeKind.HighContrast],
    ['Default High Contrast Light', 'hc_light.json', vscode.ColorThemeKind.HighContrastLight],
  ] as const) {
    it(`are those of ${theme}`, async () => {
      await change('workbench.colorTheme', theme);
      await until(`${theme} is shown`, () => vscode.window.activeColorTheme.kind === kind);
      const comment = await ruled(file, 'comment');
      const string = await ruled(file, 'string');
      const keyword = await ruled(file, 'keyword.control');
      assert.match(comment + string + keyword, /^(#[0-9A-F]{6}){3}$/);
      await shows(`// Slides. ${comment}`, `"down" ${string}`, `return ${keyword}`);
      const python = {
        path: 'otter.py',
        language: 'python',
        text: 'def slide():\n    return "down" # so',
        isMember: false,
      };
      const inPython = await parts(python);
      assert.ok(inPython.includes(`return ${keyword}`), inPython.join('\n'));
      assert.ok(inPython.includes(`"down" ${string}`), inPython.join('\n'));
      assert.ok(inPython.includes(`# so ${comment}`), inPython.join('\n'));
    });
  }

  it("follow the user's own token colours", async () => {
    await change('workbench.colorTheme', 'Dark Modern');
    await change('editor.tokenColorCustomizations', { '[Dark Modern]': { comments: '#123456' } });
    await shows('// Slides. #123456');
  });

  it('of a method are those it has inside of its class', async () => {
    const text = 'async slide(): Promise<void> {\n  await this.#waiting;\n}';
    const inMethod = await parts({ path: 'otter.ts', language: 'typescript', text, isMember: true });
    assert.ok(inMethod.includes('await #C586C0'), inMethod.join('\n'));
  });

  it('are those of PHP in a snippet from the inside of a file', async () => {
    const php = { path: 'otter.php', language: 'php', text: 'function slide() {\n  return "down";\n}', isMember: true };
    const inPhp = await parts(php);
    assert.ok(
      inPhp.some((part) => part.startsWith('return #')),
      inPhp.join('\n'),
    );
  });

  it('find every built-in grammar and theme they are asked for', async () => {
    const paths = ['a.go', 'a.rs', 'a.cpp', 'a.cs', 'a.java', 'a.rb', 'a.md', 'a.html', 'a.css', 'a.yaml', 'a.sql'];
    for (const path of paths) await parts({ path, language: '', text: 'x', isMember: false });
    assert.deepEqual(records, []);
  });
});
