/**
 * `npm start -- search|index|status|… …`: the command line; `npm start -- open <folder>`: VS Code with the extension.
 * Builds first when something changed. Nothing but the command's own output goes to stdout.
 */
import { spawn } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openVscode } from './support/openVscode.ts';

const project = join(import.meta.dirname, '..');
/** Written last by a build that succeeded. */
const buildStamp = join(project, 'out/meta.json');
const sources = ['src', 'webview', 'l10n', 'package.json', 'package-lock.json', 'esbuild.config.mjs'];
/** npm runs scripts in the project's folder; relative paths are meant from where the person is. */
const currentFolder = process.env['INIT_CWD'] ?? process.cwd();

function isStale(): boolean {
  if (!existsSync(buildStamp)) return true;
  const builtMs = statSync(buildStamp).mtimeMs;
  const files = sources.flatMap((source) => globSync([source, `${source}/**/*`], { cwd: project }));
  return files.some((file) => statSync(join(project, file)).mtimeMs > builtMs);
}

/** Runs a script with this Node and this terminal; resolves with its exit code. */
async function run(script: string, args: readonly string[], stdout: 'inherit' | number): Promise<number> {
  const child = spawn(process.execPath, [join(project, script), ...args], {
    cwd: script === 'dist/cli.js' ? currentFolder : project,
    stdio: ['inherit', stdout, 'inherit'],
  });
  // The terminal interrupts the child as well: it tidies up and says with what it ended.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => done(code ?? 1));
  });
}

async function start(args: readonly string[]): Promise<number> {
  const stderr = 2;
  if (isStale()) {
    console.error('Building…');
    const code = await run('esbuild.config.mjs', [], stderr);
    if (code !== 0) return code;
  }
  const [command, folder, ...rest] = args;
  if (command !== 'open') return run('dist/cli.js', args, 'inherit');
  if (folder === undefined || rest.length > 0) {
    console.error('Usage: npm start -- open <folder>');
    return 2;
  }
  return openVscode(resolve(currentFolder, folder));
}

process.exitCode = await start(process.argv.slice(2));
