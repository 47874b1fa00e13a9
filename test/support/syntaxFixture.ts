import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColouredTexts, fontStyles, linesOf, styleRadix, type SyntaxSources } from '../../src/protocol/syntax.ts';

const project = join(import.meta.dirname, '../..');
const folder = join(project, 'test/fixtures/syntax');
const toy = join(folder, 'toy');
const manifest = JSON.parse(readFileSync(join(toy, 'package.json'), 'utf8')) as {
  contributes: SyntaxSources['extensions'][number]['contributes'];
};

export const wasmPath = join(project, 'node_modules/vscode-oniguruma/release/onig.wasm');

/** An extension with a small language of its own, and one that VS Code brings along. */
export const toySources: SyntaxSources = {
  extensions: [{ path: toy, contributes: manifest.contributes }],
  builtInPath: join(folder, 'builtIn'),
};

/** What of a text has a style of its own: `let #FFAA00 bold`. */
export function colouredParts({ palette, texts }: ColouredTexts, text: string): string[] {
  const lines = linesOf(text);
  return (texts[0] ?? []).flatMap((runs, line) => {
    let start = 0;
    return Array.from({ length: runs.length / 2 }, (_, index) => {
      const [length, style] = [runs[2 * index] as number, runs[2 * index + 1] as number];
      const part = (lines[line] as string).slice(start, start + length);
      start += length;
      const fonts = Object.entries(fontStyles).flatMap(([name, bit]) => ((style & bit) === 0 ? [] : [name]));
      return style === 0 ? '' : [part, palette[Math.floor(style / styleRadix)], ...fonts].join(' ');
    }).filter((part) => part !== '');
  });
}
