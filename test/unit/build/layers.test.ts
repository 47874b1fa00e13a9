import assert from 'node:assert/strict';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ESLint } from 'eslint';
import { describe, it } from 'mocha';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { bundles } from '../../../esbuild.config.mjs';
import { temporaryDirectory } from '../../support/temporary.ts';

const project = join(import.meta.dirname, '../../..');

interface Probe {
  readonly file: string;
  readonly imports: string;
  /** tsc lets it pass: the types of `vscode` lie where all can see them, and references of references count. */
  readonly onlyEslint?: boolean;
}

/** One import per rule of "who may import whom" that must not get through. */
const forbidden: readonly Probe[] = [
  { file: 'src/core/probe.ts', imports: 'vscode', onlyEslint: true },
  { file: 'src/core/search/probe.ts', imports: 'node:fs' },
  { file: 'src/core/probe.ts', imports: 'fs/promises' },
  { file: 'src/core/probe.ts', imports: '../node/probed.ts' },
  { file: 'src/core/probe.ts', imports: '../rpc/probed.ts' },
  { file: 'src/core/probe.ts', imports: '../vscode/probed.ts' },
  { file: 'src/protocol/probe.ts', imports: '../core/probed.ts' },
  { file: 'src/protocol/probe.ts', imports: '../util/probed.ts' },
  { file: 'src/util/probe.ts', imports: '../core/probed.ts' },
  { file: 'src/rpc/probe.ts', imports: '../core/probed.ts' },
  { file: 'src/rpc/probe.ts', imports: 'node:worker_threads' },
  { file: 'src/node/probe.ts', imports: '../vscode/probed.ts' },
  { file: 'src/node/probe.ts', imports: 'vscode', onlyEslint: true },
  { file: 'src/worker/probe.ts', imports: '../cli/probed.ts' },
  { file: 'src/parser/probe.ts', imports: '../worker/probed.ts' },
  { file: 'src/highlight/probe.ts', imports: '../core/probed.ts', onlyEslint: true },
  { file: 'src/highlight/probe.ts', imports: '../vscode/probed.ts' },
  { file: 'src/cli/probe.ts', imports: '../vscode/probed.ts' },
  { file: 'src/vscode/views/probe.ts', imports: '../../../webview/shared/probed.ts' },
  { file: 'src/vscode/probe.ts', imports: '../worker/probed.ts' },
  { file: 'src/vscode/probe.ts', imports: '../core/probed.ts', onlyEslint: true },
  { file: 'src/vscode/probe.ts', imports: '../highlight/probed.ts' },
  { file: 'webview/search/probe.ts', imports: '../../src/core/probed.ts' },
  { file: 'webview/search/probe.ts', imports: '../performance/probed.ts' },
  { file: 'webview/shared/probe.ts', imports: '../search/probed.ts' },
  { file: 'webview/shared/probe.ts', imports: 'node:path' },
  { file: 'webview/search/probe.ts', imports: 'vscode', onlyEslint: true },
];

/** And what each layer is there to import. */
const allowed: readonly Probe[] = [
  { file: 'src/core/probe.ts', imports: '../protocol/probed.ts' },
  { file: 'src/core/search/probe.ts', imports: '../../util/probed.ts' },
  { file: 'src/rpc/probe.ts', imports: '../protocol/probed.ts' },
  { file: 'src/node/probe.ts', imports: '../core/probed.ts' },
  { file: 'src/node/probe.ts', imports: 'node:fs' },
  { file: 'src/worker/probe.ts', imports: '../node/probed.ts' },
  { file: 'src/vscode/probe.ts', imports: 'vscode' },
  { file: 'src/vscode/views/probe.ts', imports: '../../protocol/probed.ts' },
  { file: 'webview/search/probe.ts', imports: '../shared/probed.ts' },
  { file: 'webview/shared/probe.ts', imports: '../../src/protocol/probed.ts' },
];

function sourceOf(imported: string): string {
  return `import * as probed from '${imported}';\nexport const use: unknown = probed;\n`;
}

describe('who may import whom', () => {
  describe('eslint', () => {
    const eslint = new ESLint({
      cwd: project,
      // The probes do not exist, so rules that need their types are off; the rules on imports need none.
      overrideConfig: [
        tseslint.configs.disableTypeChecked,
        { languageOptions: { parserOptions: { projectService: false } } },
      ],
    });
    const importErrors = async (file: string, source: string): Promise<string[]> => {
      const [result] = await eslint.lintText(source, { filePath: join(project, file) });
      return (result?.messages ?? []).map(({ ruleId }) => ruleId ?? 'parser');
    };

    for (const { file, imports } of forbidden) {
      it(`refuses ${imports} in ${file}`, async () => {
        assert.deepEqual(await importErrors(file, sourceOf(imports)), ['no-restricted-imports']);
      });
    }

    for (const { file, imports } of allowed) {
      it(`accepts ${imports} in ${file}`, async () => {
        assert.deepEqual(await importErrors(file, sourceOf(imports)), []);
      });
    }

    for (const name of ['process', 'Buffer', 'self', 'window', 'fetch', 'setTimeout']) {
      it(`refuses the global ${name} in the engine`, async () => {
        assert.deepEqual(await importErrors('src/core/probe.ts', `export const use: unknown = ${name};\n`), [
          'no-restricted-globals',
        ]);
      });
    }
  });

  describe('tsc -b', () => {
    /** A tree with the project's own tsconfig files and, in each folder, one file that others import. */
    const buildTree = async (probes: readonly Probe[]): Promise<string[]> => {
      const root = await temporaryDirectory('layers');
      await symlink(join(project, 'node_modules'), join(root, 'node_modules'), 'junction');
      const configs = globSync(['tsconfig.base.json', '{src,webview}/**/tsconfig.json'], { cwd: project });
      for (const config of configs) await cp(join(project, config), join(root, config));
      await cp(join(project, 'webview/assets.d.ts'), join(root, 'webview/assets.d.ts'));
      await writeFile(join(root, 'package.json'), await readFile(join(project, 'package.json')));
      const write = async (file: string, text: string): Promise<void> => {
        await mkdir(join(root, dirname(file)), { recursive: true });
        await writeFile(join(root, file), text);
      };
      for (const config of configs) await write(join(dirname(config), 'probed.ts'), 'export const probed = 1;\n');
      await write('src/vscode/probed.ts', 'export const probed = 1;\n');
      const targets = probes.map(({ file }, index) => file.replace('probe.ts', `probe${index}.ts`));
      for (const [index, { imports }] of probes.entries()) await write(targets[index] ?? '', sourceOf(imports));
      const wrong = compile(
        root,
        configs.filter((config) => config !== 'tsconfig.base.json'),
      );
      return targets.filter((target) => wrong.has(join(root, target)));
    };

    /** Builds the projects and says which files have errors. */
    const compile = (root: string, configs: readonly string[]): Set<string> => {
      const files = new Set<string>();
      const host = ts.createSolutionBuilderHost(ts.sys, undefined, ({ file }) => file && files.add(file.fileName));
      const paths = configs.map((config) => join(root, config));
      ts.createSolutionBuilder(host, paths, {}).build();
      return files;
    };

    it('refuses every forbidden import of a folder that is not referenced', async () => {
      const probes = forbidden.filter(({ onlyEslint }) => onlyEslint !== true);
      assert.equal((await buildTree(probes)).length, probes.length);
    });

    it('accepts every allowed import', async () => {
      assert.deepEqual(await buildTree(allowed), []);
    });
  });

  describe('esbuild', () => {
    const bundle = async (options: object, folder: string, imported: string): Promise<void> => {
      const stdin = { contents: sourceOf(imported), resolveDir: join(project, folder), loader: 'ts' as const };
      await build({ ...options, entryPoints: [], stdin, outdir: 'out/never', write: false, logLevel: 'silent' });
    };

    for (const [name, options] of [
      ['engine', bundles.engine],
      ['command line', bundles.cli],
      ['pages', bundles.pages],
    ] as const) {
      it(`cannot bundle vscode into the ${name}`, async () => {
        await assert.rejects(bundle(options, 'src/core', 'vscode'), /Could not resolve "vscode"/);
      });
    }

    it('cannot bundle Node into a page', async () => {
      await assert.rejects(bundle(bundles.pages, 'webview/search', 'node:fs'), /Could not resolve "node:fs"/);
    });

    it('leaves vscode to the extension host in its bundle', async () => {
      await bundle(bundles.host, 'src/vscode', 'vscode');
    });
  });
});
