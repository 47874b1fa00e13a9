import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { translatableTexts } from './translatableTexts.ts';

/* A language that nobody speaks: every text is marked and has accents, so that one which was not translated shows. */

/** What a translator leaves as it is: gaps, code, names of settings, icons, addresses of links. */
const untouched = /\{\d+\}|`[^`]*`|#[\w.]+#|\$\([^)]*\)|\]\([^)]*\)/gu;
const accents: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', A: 'Á', E: 'É', O: 'Ó' };

/** `Search {0}` becomes `⟦Séárch {0}⟧`. */
export function pseudo(text: string): string {
  let result = '';
  let done = 0;
  for (const { 0: kept, index } of text.matchAll(untouched)) {
    result += accented(text.slice(done, index)) + kept;
    done = index + kept.length;
  }
  return `⟦${result}${accented(text.slice(done))}⟧`;
}

/** What of a text was said without a mark. */
export function unmarked(text: string): string {
  for (let rest = text; ;) {
    const next = rest.replace(/⟦[^⟦⟧]*⟧/gu, ' ');
    if (next === rest) return rest;
    rest = next;
  }
}

/** Gives the extension that is installed in this folder a translation for the locale. */
export async function translateExtension(extensionsFolder: string, locale: string): Promise<void> {
  const name = (await readdir(extensionsFolder)).find((entry) => entry.startsWith('codeweaver.'));
  if (name === undefined) throw new Error(`The extension is not installed in ${extensionsFolder}.`);
  const folder = join(extensionsFolder, name);
  const manifestTexts = JSON.parse(await readFile(join(folder, 'package.nls.json'), 'utf8')) as Record<string, string>;
  const ofManifest = Object.entries(manifestTexts).map(([key, text]) => [key, pseudo(text)]);
  const ofCode = translatableTexts().map((text) => [text, pseudo(text)]);
  await writeFile(join(folder, `package.nls.${locale}.json`), JSON.stringify(Object.fromEntries(ofManifest)));
  await writeFile(join(folder, `l10n/bundle.l10n.${locale}.json`), JSON.stringify(Object.fromEntries(ofCode)));
}

function accented(text: string): string {
  return text.replace(/[aeiouAEO]/gu, (letter) => accents[letter] ?? letter);
}
