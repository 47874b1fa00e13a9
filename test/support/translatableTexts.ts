import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { performanceStrings, searchStrings } from '../../src/protocol/viewStrings.ts';

const project = join(import.meta.dirname, '../..');

/** The file that translators start from: every English text by itself. */
export const bundleFile = join(project, 'l10n/bundle.l10n.json');

/** Every text that goes through `vscode.l10n.t`: literal arguments in the code, and the dictionaries of the pages. */
export function translatableTexts(): string[] {
  const files = globSync('src/{vscode/**/*.ts,extension.ts}', { cwd: project });
  const inCode = files.flatMap((file) => textsOf(join(project, file)));
  const ofPages = [...Object.values(searchStrings), ...Object.values(performanceStrings)];
  return [...new Set([...inCode, ...ofPages])].sort();
}

function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/u.test(node.expression.getText())) {
      const [text] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) texts.push(text.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}
