/**
 * Builds everything that runs: `node esbuild.config.mjs [--production] [--watch]`.
 *   dist/            what ships: the extension, the engine's and the highlighter's worker, the parse process, the command line, the pages
 *   media/grammars/  every .wasm that ships, copied from its npm package
 *   out/             the in-host tests, and meta.json: what is in each bundle and how many bytes of it
 * `--production` minifies, leaves source maps out, holds the size budgets and writes dist/ThirdPartyNotices.txt.
 */
import { build, context } from 'esbuild';
import { globSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grammars, parserRuntime } from './src/core/chunking/grammars.ts';

const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');

/** Bytes a minified bundle may have: what is small is read and compiled fast. A third of search.js are its icons. */
export const budgets = {
  'dist/extension.cjs': 200_000,
  'dist/highlight.js': 120_000,
  'dist/webview/search.js': 78_000,
  'dist/webview/performance.js': 60_000,
};

/** The licences that may ship inside an Apache-2.0 product without further thought. */
const allowedLicenses = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0',
  'ISC',
  'MIT',
];

const shared = {
  bundle: true,
  metafile: true,
  minify: production,
  sourcemap: !production,
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * An icon without what every icon has (`icon` of the pages puts that back), and in hundredths of a pixel: two thirds of
 * its size. Numbers of a path that says `moveto` and the rest in absolute terms may be rounded one by one.
 */
function smallIcon(svg) {
  const small = svg.trim().replace(/^<svg [^>]*?(viewBox="[^"]*")[^>]*>/, '$1>');
  if (/ d="[^"]*[a-y]/.test(small)) return small;
  return small.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
}

const smallIcons = {
  name: 'small-icons',
  setup(session) {
    session.onLoad({ filter: /\.svg$/ }, async ({ path }) => ({
      contents: smallIcon(await readFile(path, 'utf8')),
      loader: 'text',
    }));
  },
};

/** Bundled CommonJS packages call `require` for Node's own modules, which an ES module does not have. */
const requireInModule = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** jsonc-parser's CommonJS form requires its parts in a way no bundler can follow. */
const followableFields = ['module', 'main'];

/** Node 22 is what the oldest supported VS Code (package.json, engines) runs. */
const nodeScript = {
  ...shared,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.dirname': '__dirname' },
};
const nodeModule = { ...shared, platform: 'node', target: 'node22', format: 'esm', outdir: 'dist' };

/**
 * `vscode` exists in the extension host only: external in the host's bundle and in the tests that run there, nowhere else.
 * @type {Record<'host' | 'engine' | 'highlight' | 'cli' | 'pages' | 'hostTests', import('esbuild').BuildOptions>}
 */
export const bundles = {
  host: { ...nodeScript, entryPoints: { extension: 'src/extension.ts' }, outdir: 'dist', external: ['vscode'] },
  engine: {
    ...nodeModule,
    entryPoints: { worker: 'src/worker/main.ts', shard: 'src/worker/shard.ts', parser: 'src/parser/main.ts' },
    banner: { js: requireInModule },
  },
  highlight: {
    ...nodeModule,
    entryPoints: { highlight: 'src/highlight/main.ts' },
    banner: { js: requireInModule },
    mainFields: followableFields,
  },
  cli: {
    ...nodeModule,
    entryPoints: { cli: 'src/cli/main.ts' },
    // What one command alone imports is read by that command alone. In the same folder: code finds its files from there.
    splitting: true,
    chunkNames: 'cli-[name]-[hash]',
    banner: { js: `#!/usr/bin/env node\n${requireInModule}` },
  },
  pages: {
    ...shared,
    entryPoints: { search: 'webview/search/main.ts', performance: 'webview/performance/main.ts' },
    outdir: 'dist/webview',
    platform: 'browser',
    target: 'chrome130',
    format: 'iife',
    plugins: [smallIcons],
  },
  hostTests: {
    ...nodeScript,
    entryPoints: ['test/host/index.ts', 'test/host/**/*.test.ts'],
    outbase: 'test/host',
    outdir: 'out/test/host',
    external: ['vscode', 'mocha'],
    define: { ...nodeScript.define, 'import.meta.main': 'false' },
    mainFields: followableFields,
    minify: false,
    sourcemap: true,
  },
};

/** Every .wasm that ships: source path -> path in the product. */
const wasmFiles = new Map([
  ...[parserRuntime, ...Object.values(grammars)].map(({ package: name, path, wasm }) => [
    `node_modules/${name}/${path}`,
    `media/grammars/${wasm}`,
  ]),
  ['node_modules/vscode-oniguruma/release/onig.wasm', 'media/grammars/onig.wasm'],
]);

/** Writes out/meta.json for all bundles together (https://esbuild.github.io/analyze/ reads it). */
async function writeMetafile(results) {
  const meta = { inputs: {}, outputs: {} };
  for (const { metafile } of results) {
    Object.assign(meta.inputs, metafile.inputs);
    Object.assign(meta.outputs, metafile.outputs);
  }
  await mkdir('out', { recursive: true });
  await writeFile('out/meta.json', JSON.stringify(meta));
  return meta;
}

function holdBudgets(meta) {
  const over = Object.entries(budgets)
    .map(([file, limit]) => ({ file, limit, bytes: meta.outputs[file]?.bytes ?? Infinity }))
    .filter(({ bytes, limit }) => bytes > limit);
  if (over.length > 0) {
    const lines = over.map(({ file, bytes, limit }) => `  ${file}: ${bytes} bytes, allowed ${limit}`);
    throw new Error(`Over the size budget (out/meta.json says what is inside):\n${lines.join('\n')}`);
  }
}

/** node_modules/<package> folders whose code or data is part of what ships. */
function shippedPackages(meta) {
  const shipped = Object.keys(meta.outputs).filter((output) => output.startsWith('dist/'));
  const inputs = shipped.flatMap((output) =>
    Object.entries(meta.outputs[output].inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
  );
  const folders = [...inputs, ...wasmFiles.keys()].map((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/** Every licence asks for its text to travel with the code: dist/ThirdPartyNotices.txt carries them all. */
async function writeNotices(packageFolders) {
  const notices = await Promise.all(
    packageFolders.map(async (folder) => {
      const { name, version, license, repository } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      if (!allowedLicenses.includes(license))
        throw new Error(`${name} has the licence ${license}: may it ship? See allowedLicenses.`);
      const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
      if (files.length === 0) throw new Error(`${name} has no licence file to pass on.`);
      const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
      const source = typeof repository === 'string' ? repository : (repository?.url ?? '');
      return `${name} ${version} (${license})\n${source}\n\n${texts.map((text) => text.trim()).join('\n\n')}\n`;
    }),
  );
  const rule = `${'-'.repeat(78)}\n\n`;
  const title = 'CodeWeaver Search contains the following third-party software.\n\n';
  await writeFile('dist/ThirdPartyNotices.txt', title + rule + notices.join(`\n${rule}`));
}

async function copyWasm() {
  await mkdir('media/grammars', { recursive: true });
  await Promise.all(Array.from(wasmFiles, ([from, to]) => copyFile(from, to)));
}

async function buildAll() {
  await rm('out/test/host', { recursive: true, force: true });
  for (const old of globSync(['dist/**/*.map', 'dist/cli-*.js'])) await rm(old, { force: true });
  await copyWasm();
  const results = await Promise.all(Object.values(bundles).map((options) => build(options)));
  await chmod('dist/cli.js', 0o755);
  const meta = await writeMetafile(results);
  if (!production) return;
  holdBudgets(meta);
  await writeNotices(shippedPackages(meta));
}

/** Says once per round that it began and ended: the watch task's problem matcher (.vscode/tasks.json) waits for these lines. */
function reportRounds() {
  let running = 0;
  return {
    name: 'report-rounds',
    setup(session) {
      session.onStart(() => {
        if (running++ === 0) console.log('[watch] build started');
      });
      session.onEnd(() => {
        if (--running === 0) console.log('[watch] build finished');
      });
    },
  };
}

async function watchAll() {
  await copyWasm();
  const rounds = reportRounds();
  const contexts = await Promise.all(
    Object.values(bundles).map((options) => {
      const plugins = [...(options.plugins ?? []), rounds];
      return context({ ...options, logLevel: 'warning', plugins });
    }),
  );
  await Promise.all(contexts.map((one) => one.watch()));
}

if (process.argv[1] === import.meta.filename) {
  try {
    await (watching ? watchAll() : buildAll());
  } catch (error) {
    // esbuild has said already where its errors are; the rest is ours to say.
    if (!Array.isArray(error.errors)) console.error(error.message);
    process.exitCode = 1;
  }
}
