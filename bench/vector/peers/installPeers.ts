import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const home = join(import.meta.dirname, '..');
const requirePeer = createRequire(join(home, 'package.json'));
/** Remembers that the packages were installed, and which of them failed. */
const stampFile = join(home, 'node_modules/.installed-for.json');

/** Those that bring native code: compiled here unless the package carries a binary for this platform. */
const nativePackages = ['hnswlib-node', 'usearch'];
const peerNames = ['hnswlib-wasm', ...nativePackages];

interface Stamp {
  /** The Node and the lock file they were installed for; with others it is done again. */
  readonly installedFor: string;
  /** By package. They are not tried again: to do so, remove node_modules. */
  readonly failures: Readonly<Record<string, string>>;
}

let installing: Promise<ReadonlyMap<string, string>> | undefined;

/**
 * Loads a package of this folder's own package.json, installing all of them first when that has not been done. They are
 * no dependencies of the project, so that `npm ci` at the top compiles nothing. Throws when the package is not to be
 * had here, and says why.
 */
export async function requireInstalled(name: string): Promise<unknown> {
  return whenInstalled(name, () => requirePeer(name) as unknown);
}

/** Path of a file inside such a package, for what `require` cannot load. */
export async function resolveInstalled(name: string, file: string): Promise<string> {
  return whenInstalled(name, () => requirePeer.resolve(`${name}/${file}`));
}

async function whenInstalled<T>(name: string, body: () => T): Promise<T> {
  const reason = (await installPeers()).get(name);
  try {
    return body();
  } catch (error) {
    throw new Error(reason ?? (error instanceof Error ? firstLine(error.message) : String(error)), { cause: error });
  }
}

/** What is installed of the peers, and in which version. */
export function installedVersions(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    peerNames.flatMap((name) => {
      const manifest = join(home, 'node_modules', name, 'package.json');
      if (!existsSync(manifest)) return [];
      return [[name, (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version]];
    }),
  );
}

/** Resolves with the reason for each package that could not be installed; never rejects. */
async function installPeers(): Promise<ReadonlyMap<string, string>> {
  installing ??= install();
  return installing;
}

async function install(): Promise<ReadonlyMap<string, string>> {
  const lock = await readFile(join(home, 'package-lock.json'), 'utf8');
  const installedFor = `${process.version} ${process.platform}-${process.arch}\n${lock}`;
  if (existsSync(stampFile)) {
    const stamp = JSON.parse(await readFile(stampFile, 'utf8')) as Stamp;
    if (stamp.installedFor === installedFor) return new Map(Object.entries(stamp.failures));
  }
  const failures = new Map<string, string>();
  process.stderr.write('Installing the peers of the vector benchmark (once) …\n');
  try {
    await npm('ci', '--ignore-scripts');
  } catch (error) {
    const reason = `npm ci failed: ${npmError(error)}`;
    for (const name of peerNames) failures.set(name, reason);
    return failures;
  }
  // One by one, so that a package that cannot be built takes no other with it.
  for (const name of nativePackages) {
    try {
      await npm('rebuild', name, '--ignore-scripts=false', '--foreground-scripts');
    } catch (error) {
      failures.set(name, `could not be built: ${npmError(error)}`);
    }
  }
  const stamp: Stamp = { installedFor, failures: Object.fromEntries(failures) };
  await writeFile(stampFile, JSON.stringify(stamp));
  return failures;
}

async function npm(...args: readonly string[]): Promise<void> {
  const windows = process.platform === 'win32'; // npm is a batch file there.
  await run(windows ? 'npm.cmd' : 'npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: home,
    env: { ...withoutNpmContext(), ...ownHeaders() },
    shell: windows,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** What `npm run` exports about the project (its .npmrc among it) must not steer this installation. */
function withoutNpmContext(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_(?!registry|cache|https?_proxy|proxy|cafile|nodedir)|package_|lifecycle_)/i.test(name),
  );
  return Object.fromEntries(kept);
}

/** The headers that lie beside the running Node, where they do: else node-gyp downloads them. */
function ownHeaders(): NodeJS.ProcessEnv {
  const nodeHome = join(dirname(process.execPath), '..');
  return existsSync(join(nodeHome, 'include/node/node_api.h')) ? { npm_config_nodedir: nodeHome } : {};
}

/** Of everything a failed build prints, the line that names the error. */
function npmError(error: unknown): string {
  const { message = String(error), stderr = '' } = error as { message?: string; stderr?: string };
  const lines = (stderr || message).split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /\berror\b/i.test(line) && !/^npm error (code|path|command)/i.test(line)) ?? firstLine(message)
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
