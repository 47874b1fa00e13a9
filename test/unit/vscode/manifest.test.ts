import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import texts from '../../../package.nls.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { commandIds } from '../../../src/vscode/commandIds.ts';

const project = join(import.meta.dirname, '../../..');
const source = readFileSync(join(project, 'package.json'), 'utf8');
const { contributes } = manifest;

describe('manifest', () => {
  it('contributes the commands of the code, no more and no less', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commandIds).sort());
  });

  it('has a text for every placeholder and no text too many', () => {
    const used = new Set([...source.matchAll(/"%([^"%]+)%"/gu)].map(([, key]) => key));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('shows no text of its own where a translation is possible', () => {
    const titles = contributes.commands.map(({ title }) => title);
    const groups = contributes.configuration;
    const descriptions = groups.flatMap(({ properties }) =>
      Object.values<{ markdownDescription: string }>(properties).map(({ markdownDescription }) => markdownDescription),
    );
    for (const text of [...titles, ...groups.map(({ title }) => title), ...descriptions]) assert.match(text, /^%.+%$/);
  });

  it('names only commands that exist in menus and keybindings', () => {
    const known = new Set<string>(Object.values(commandIds));
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    assert.deepEqual(
      named.filter(({ command }) => !known.has(command)),
      [],
    );
  });

  it('hides commands from the palette that make no sense there', () => {
    const hidden = contributes.menus.commandPalette.map(({ command }) => command).sort();
    const internal = Object.values(commandIds).filter((id) => /^codeweaver\.(view|pick)\./u.test(id));
    assert.deepEqual(hidden, internal.sort());
  });

  it('points to files that are there', () => {
    const { icon } = manifest;
    const views = Object.values(contributes.views).flat();
    const files = [icon, ...contributes.viewsContainers.activitybar.map((container) => container.icon)];
    for (const file of [...files, ...views.map((view) => view.icon)]) assert.ok(existsSync(join(project, file)), file);
  });

  it('activates after the start of the editor and for its own panel, not before', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished', 'onWebviewPanel:codeweaver.performance']);
  });
});
