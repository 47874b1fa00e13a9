import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SyntaxSources } from '../../src/protocol/syntax.ts';

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
