import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SettingsGlob } from '../../../src/core/discovery/settingsGlob.ts';
import { defaultConfig } from '../../../src/protocol/config.ts';
import type { IndexingPlan, PlanRequest } from '../../../src/protocol/costs.ts';
import { directoryGlob, planWorkspace } from '../../../src/vscode/workspacePlan.ts';
import { planOf } from '../../support/costs.ts';

const folders = [
  { id: 'a', name: 'shop' },
  { id: 'b', name: 'tools' },
];

function engineWith(plans: Readonly<Record<string, IndexingPlan>>) {
  const asked: PlanRequest[] = [];
  return {
    asked,
    plan: async (request: PlanRequest) => {
      asked.push(request);
      return Promise.resolve(plans[request.folderId] ?? planOf());
    },
  };
}

function without(plan: IndexingPlan, ...names: readonly (keyof IndexingPlan)[]): IndexingPlan {
  return Object.fromEntries(Object.entries(plan).filter(([name]) => !names.includes(name as never))) as never;
}

describe('planWorkspace', () => {
  const { embedding } = defaultConfig;

  it('asks for each folder with the same settings and exclusions', async () => {
    const engine = engineWith({});
    await planWorkspace(engine, folders, embedding, ['dist/**']);
    assert.deepEqual(engine.asked, [
      { folderId: 'a', exclude: ['dist/**'], embedding },
      { folderId: 'b', exclude: ['dist/**'], embedding },
    ]);
  });

  it('sums up, and lists the largest directories of all with their folders', async () => {
    const b = planOf({
      ...{ tokens: 36_000, isComplete: false },
      directories: [{ path: 'src', isDirect: false, chunks: 1, tokens: 36_000, share: 1 }],
    });
    const plan = await planWorkspace(engineWith({ b }), folders, embedding, []);
    assert.deepEqual([plan.files, plan.chunks, plan.toSend, plan.tokens], [24, 200, 80, 48_000]);
    assert.equal(plan.isComplete, false);
    assert.deepEqual(plan.time, { least: 600, most: 8_000 });
    assert.deepEqual(
      plan.directories.map(({ folder, path, share }) => [folder, path, share]),
      [
        ['tools', 'src', 0.75],
        ['shop', 'src', 0.1875],
        ['shop', '', 0.0625],
      ],
    );
  });

  it('does not know what it does not know of one folder', async () => {
    const b = without(planOf({ time: { least: 5 } }), 'dollars', 'vectorBytes');
    const plan = await planWorkspace(engineWith({ b }), folders, embedding, []);
    assert.deepEqual([plan.dollars, plan.vectorBytes, plan.time], [undefined, undefined, { least: 305 }]);
    const unknown = await planWorkspace(engineWith({ b: without(planOf(), 'time') }), folders, embedding, []);
    assert.equal(unknown.time, undefined);
  });

  it('of one folder names no folder', async () => {
    const plan = await planWorkspace(engineWith({}), folders.slice(0, 1), embedding, []);
    assert.ok(plan.directories.every(({ folder }) => folder === undefined));
  });
});

describe('directoryGlob', () => {
  it('matches the directory and what is in it, whatever its name', () => {
    const name = fc
      .stringMatching(/^[\w*?[\]{}!^., -]{1,8}$/u)
      .filter((text) => text.trim() === text && !/^\.+$/u.test(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const path = names.join('/');
        const glob = new SettingsGlob(directoryGlob(path));
        assert.ok(glob.matches(path) && glob.matches(`${path}/a.ts`) && glob.matches(`${path}/b/c.ts`), path);
        assert.ok(!glob.matches(`x${path}/a.ts`) && !glob.matches('a.ts'));
      }),
    );
  });
});
