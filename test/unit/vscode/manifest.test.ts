import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import texts from '../../../package.nls.json' with { type: 'json' };
import manifest from '../../../package.json' with { type: 'json' };
import { commandIds } from '../../../src/vscode/commandIds.ts';

const project = join(import.meta.dirname, '../../..');
const source = readFileSync(join(project, 'package.json'), 'utf8');
const { contributes } = manifest;

/** What a setting with a list of values has to have. */
interface Choice {
  readonly markdownDescription: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
}

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
    const ofWalkthroughs = contributes.walkthroughs.flatMap(({ title, description, steps }) => [
      ...[title, description],
      ...steps.flatMap((step) => [step.title, step.description, step.media.altText]),
    ]);
    const descriptions = groups.flatMap(({ properties }) =>
      Object.values<{ markdownDescription: string }>(properties).map(({ markdownDescription }) => markdownDescription),
    );
    for (const text of [...titles, ...groups.map(({ title }) => title), ...descriptions, ...ofWalkthroughs]) {
      assert.match(text, /^%.+%$/);
    }
  });

  it('explains each choice of a setting', () => {
    const settings = contributes.configuration.flatMap(({ properties }) => Object.entries<Choice>(properties));
    const choices = settings.filter(([, setting]) => setting.enum !== undefined);
    assert.ok(choices.length > 0);
    for (const [name, setting] of choices) assert.equal(setting.enumDescriptions?.length, setting.enum?.length, name);
  });

  it('names in its texts only settings that there are', () => {
    const known = new Set(contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
    for (const text of Object.values(texts)) {
      for (const [, name = ''] of text.matchAll(/`#(codeweaver\.[\w.]+)#`/gu)) assert.ok(known.has(name), name);
    }
  });

  it('names only commands that exist in menus and keybindings', () => {
    const known = new Set<string>(Object.values(commandIds));
    const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    assert.deepEqual(
      named.filter(({ command }) => !known.has(command)),
      [],
    );
  });

  it('shows its menu entries in remote windows as well, where files have another scheme', () => {
    const conditions = Object.values(contributes.menus)
      .flat()
      .map((entry) => ('when' in entry ? entry.when : ''));
    const byScheme = conditions.filter((when) => when.includes('resourceScheme'));
    assert.ok(byScheme.length > 0);
    for (const when of byScheme) assert.ok(when.includes('resourceScheme =~ /^(file|vscode-remote)$/'), when);
  });

  it('leaves its own keys to the editor of keyboard shortcuts', () => {
    const { when } = contributes.keybindings.find(({ key }) => key === 'ctrl+k ctrl+e') ?? assert.fail();
    assert.ok(when.includes('!keybindingFocus'), 'Change Keybinding has the same keys there');
  });

  it('leads through the first steps by commands that exist, with a picture for each', () => {
    const [walkthrough, ...others] = contributes.walkthroughs;
    assert.ok(walkthrough !== undefined && others.length === 0);
    const known = new Set<string>(Object.values(commandIds));
    const views = new Set(Object.values(contributes.views).flatMap((of) => of.map(({ id }) => id)));
    const descriptions = walkthrough.steps.map(
      ({ id }) => texts[`walkthrough.${id}.description` as keyof typeof texts],
    );
    const linked = descriptions.flatMap((text) =>
      [...text.matchAll(/\(command:([^)]+)\)/gu)].map(([, id]) => id ?? ''),
    );
    assert.ok(linked.length >= 4);
    for (const event of walkthrough.steps.flatMap(({ completionEvents }) => completionEvents ?? [])) {
      const [kind, id = ''] = event.split(':');
      if (kind === 'onView') assert.ok(views.has(id), event);
      else linked.push(id);
    }
    assert.deepEqual(
      linked.filter((id) => !known.has(id)),
      [],
    );
    for (const { media } of walkthrough.steps) assert.ok(existsSync(join(project, media.svg)), media.svg);
  });

  it('draws the walkthrough in the colours of the theme', () => {
    for (const { media } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      const drawn = readFileSync(join(project, media.svg), 'utf8');
      for (const [, colour] of drawn.matchAll(/(?:fill|stroke)="([^"]+)"/gu))
        assert.match(colour ?? '', /^(?:none|var\(--vscode-)/u);
      assert.doesNotMatch(drawn, /<text/u, 'words in a picture cannot be translated');
      assert.doesNotMatch(drawn, /style=/u, 'VS Code takes styles out');
    }
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
