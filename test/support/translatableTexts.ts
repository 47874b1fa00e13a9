import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { benchmarkBaseline } from '../../src/util/benchmarkBaseline.ts';
import { performanceStrings, searchStrings } from '../../src/protocol/viewStrings.ts';

const project = join(import.meta.dirname, '../..');

/** The file that translators start from: every English text by itself. */
export const bundleFile = join(project, 'l10n/bundle.l10n.json');

/**
 * Every text that goes through `vscode.l10n.t`: literal arguments in the code, the phrases of the engine, the dictionaries of
 * the pages, and the baseline's note.
 */
export function translatableTexts(): string[] {
  const files = globSync('src/**/*.ts', { cwd: project });
  const inCode = files.flatMap((file) => textsOf(join(project, file)));
  const ofPages = [...Object.values(searchStrings), ...Object.values(performanceStrings)];
  return [...new Set([...inCode, ...ofPages, benchmarkBaseline.note])].sort();
}

function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/u.test(node.expression.getText())) {
      const [text] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) texts.push(text.text);
    }
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'phrase') {
      const text = phraseText(node.template);
      // What is filled in alone has nothing to translate.
      if (/\p{L}/u.test(text)) texts.push(text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** As the tag makes it: `{0}`, `{1}`, … for what is filled in. */
function phraseText(template: ts.TemplateLiteral): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  const spans = template.templateSpans.map(({ literal }, index) => `{${index}}${literal.text}`);
  return template.head.text + spans.join('');
}
