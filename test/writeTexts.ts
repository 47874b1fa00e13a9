/** `npm run texts`: writes l10n/bundle.l10n.json, the English texts that translators start from. */
import { writeFileSync } from 'node:fs';
import { bundleFile, translatableTexts } from './support/translatableTexts.ts';

const bundle = Object.fromEntries(translatableTexts().map((text) => [text, text]));
writeFileSync(bundleFile, `${JSON.stringify(bundle, undefined, 2)}\n`);
