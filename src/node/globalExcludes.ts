import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findRepository } from '../core/discovery/gitDirectory.ts';
import type { GitConfigEntry } from '../core/discovery/gitConfig.ts';
import { parseGitConfig } from '../core/discovery/gitConfig.ts';
import type { FileSystem } from '../core/ports.ts';

/**
 * The file that `core.excludesFile` names, or git's default ($XDG_CONFIG_HOME/git/ignore), when it exists. Git's
 * configuration is read here and not asked of the git program: there may be none, and a program named git lying in an
 * opened folder must never be run. Conditional includes (`includeIf`) and the configuration inside git's installation on
 * macOS and Windows are not looked at.
 */
export async function findGlobalExcludes(
  fileSystem: FileSystem,
  root: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const home = environment['HOME'] ?? homedir();
  const settings = join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'git');
  const realRoot = await fileSystem.realPath(root);
  const repository = realRoot === undefined ? undefined : await findRepository(fileSystem, realRoot);

  const files = [
    ...(environment['GIT_CONFIG_NOSYSTEM'] ? [] : [environment['GIT_CONFIG_SYSTEM'] ?? '/etc/gitconfig']),
    ...(environment['GIT_CONFIG_GLOBAL'] === undefined
      ? [join(settings, 'config'), join(home, '.gitconfig')]
      : [environment['GIT_CONFIG_GLOBAL']]),
    ...(repository === undefined ? [] : [join(repository.commonDirectory, 'config')]),
  ];
  let excludes = join(settings, 'ignore');
  const read = new Set<string>();
  for (const file of files) {
    for (const { name, value } of await readConfig(fileSystem, file, home, read)) {
      if (name === 'core.excludesfile') {
        excludes = value === '' ? '' : resolve(repository?.top ?? root, expandHome(value, home));
      }
    }
  }
  return excludes !== '' && (await fileSystem.realPath(excludes)) !== undefined ? excludes : undefined;
}

async function readConfig(
  fileSystem: FileSystem,
  file: string,
  home: string,
  read: Set<string>,
): Promise<readonly GitConfigEntry[]> {
  // Each file once: includes may go round in circles.
  if (read.has(file)) return [];
  read.add(file);
  const entries: GitConfigEntry[] = [];
  for (const entry of parseGitConfig(new TextDecoder().decode(await readOptional(fileSystem, file)))) {
    if (entry.name === 'include.path') {
      const included = resolve(dirname(file), expandHome(entry.value, home));
      entries.push(...(await readConfig(fileSystem, included, home, read)));
    } else {
      entries.push(entry);
    }
  }
  return entries;
}

/** What this user may not read does not count for git either. A device named by a stranger's include is not opened. */
async function readOptional(fileSystem: FileSystem, file: string): Promise<Uint8Array | undefined> {
  try {
    const realPath = await fileSystem.realPath(file);
    if (realPath === undefined || (await fileSystem.stat(realPath))?.kind !== 'file') return undefined;
    return await fileSystem.readFile(realPath);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}
