import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import english from '../../../l10n/bundle.l10n.json' with { type: 'json' };
import { translatableTexts } from '../../support/translatableTexts.ts';

const project = join(import.meta.dirname, '../../..');
const placeholders = (text: string): string[] => (text.match(/\{\d+\}/gu) ?? []).sort();

describe('translations', () => {
  it('start from every text of the product and no other (npm run texts)', () => {
    assert.deepEqual(Object.keys(english).sort(), translatableTexts());
  });

  it('have the placeholders of the English text', () => {
    for (const file of globSync('l10n/bundle.l10n.*.json', { cwd: project })) {
      const translation = JSON.parse(readFileSync(join(project, file), 'utf8')) as Record<string, string>;
      for (const [text, translated] of Object.entries(translation)) {
        assert.deepEqual(placeholders(translated), placeholders(text), `${file}: ${text}`);
      }
    }
  });

  it('are possible for every error of the engine: its words are a phrase', () => {
    for (const file of globSync('src/{core,node,protocol,rpc,util,vscode}/**/*.ts', { cwd: project })) {
      const source = readFileSync(join(project, file), 'utf8');
      assert.doesNotMatch(source, /new AppError\(\s*'\w+',\s*['"`]/u, file);
    }
  });

  it('are possible for every sentence that a message, label or tooltip of the editor shows', () => {
    const shown =
      /(?:show(?:Information|Warning|Error)Message|title:|placeHolder:|tooltip:|prompt:|detail:)\s*\(?\s*['"`][A-Z]/u;
    for (const file of globSync('src/vscode/**/*.ts', { cwd: project })) {
      assert.doesNotMatch(readFileSync(join(project, file), 'utf8'), shown, file);
    }
  });
});
