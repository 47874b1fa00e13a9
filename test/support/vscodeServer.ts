import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runToEnd } from './runToEnd.ts';

/**
 * VS Code's own server (workbench, extension hosts, webviews) as the npm registry carries it: a complete VS Code where
 * the download host of the desktop application is out of reach. It is 600 MB, so it lives in a cache, not in node_modules.
 */
const packageName = 'code-server';
const packageVersion = '4.139.1';

/** Folder for what tests need once per machine: CODEWEAVER_VSCODE_CACHE, else the user's cache folder. */
export function cacheFolder(): string {
  const own = process.env['CODEWEAVER_VSCODE_CACHE'];
  // Set but empty counts as not set (XDG Base Directory Specification).
  return own ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'codeweaver-search-vscode');
}

/** The server's entry file for Node; installed on first use. A half-done installation is never seen under its final name. */
export async function vscodeServer(): Promise<string> {
  const home = join(cacheFolder(), `${packageName}-${packageVersion}`);
  if (!existsSync(home)) await install(home);
  return join(home, 'node_modules', packageName, 'lib/vscode/out/server-main.js');
}

async function install(home: string): Promise<void> {
  console.log(`Installing the VS Code server ${packageVersion} into ${home} (once per machine).`);
  const cache = dirname(home);
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const draft = await mkdtemp(join(cache, draftPrefix));
  try {
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true }));
    await npmInstall(draft, ['--save-exact', `${packageName}@${packageVersion}`]);
    // The package leaves its inner dependencies to an install script; its lock file is out of step, so no `npm ci`.
    await npmInstall(join(draft, 'node_modules', packageName, 'lib/vscode'), ['--omit=dev']);
    await rename(draft, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error; // Somebody else was faster: theirs is as good.
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Native modules are not built: the server logs that three are missing and runs without them. */
async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await runToEnd(npm, ['install', ...quiet, ...args], {
    cwd: folder,
    env: withoutNpmContext(),
    shell: process.platform === 'win32',
  });
}

/** What `npm run` exports about this project (its .npmrc among it) must not steer an installation elsewhere. */
function withoutNpmContext(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(?!registry|cache|https?_proxy|proxy|cafile)|package_|lifecycle_)/i.test(name),
  );
  return Object.fromEntries(kept);
}

const draftPrefix = '.installing-';
const abandonedAfterMs = 60 * 60 * 1000;

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(draftPrefix)) continue;
    const { mtimeMs } = await stat(join(cache, name));
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(join(cache, name), { recursive: true, force: true });
  }
}
