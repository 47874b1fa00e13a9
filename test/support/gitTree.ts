import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PathVerdict } from '../../src/core/discovery/discovery.ts';
import { Discovery } from '../../src/core/discovery/discovery.ts';
import type { RuleOrigin } from '../../src/core/discovery/ignoreFile.ts';
import { NodeFileSystem } from '../../src/node/nodeFileSystem.ts';
import type { FilesConfig } from '../../src/protocol/config.ts';
import { defaultConfig } from '../../src/protocol/config.ts';
import type { LogRecord } from '../../src/protocol/engineApi.ts';
import { temporaryDirectory } from './temporary.ts';

const run = promisify(execFile);
const maxOutputBytes = 1 << 26;

/** Files of a tree: content by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A directory with files, and the real git (untouched by this machine's configuration) to ask about it. */
export class GitTree {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What discoveries of this tree have logged. */
  readonly log: LogRecord[] = [];

  private constructor(root: string, home: string) {
    this.root = root;
    this.environment = {
      PATH: process.env['PATH'],
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@example.org',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@example.org',
    };
  }

  /** A plain directory; {@link git} `init` makes a repository of it. */
  static async create(files: Files = {}): Promise<GitTree> {
    const directory = await temporaryDirectory('discovery');
    const tree = new GitTree(join(directory, 'tree'), join(directory, 'home'));
    await mkdir(tree.root);
    await tree.write(files);
    return tree;
  }

  static async repository(files: Files = {}): Promise<GitTree> {
    const tree = await GitTree.create(files);
    await tree.git('init', '--quiet', '.');
    return tree;
  }

  get home(): string {
    return this.environment['HOME'] ?? '';
  }

  path(relative: string): string {
    return join(this.root, relative);
  }

  async write(files: Files): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(this.path(path)), { recursive: true });
      await writeFile(this.path(path), content);
    }
  }

  async link(path: string, target: string): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await symlink(target, this.path(path));
  }

  async remove(path: string): Promise<void> {
    await rm(this.path(path), { recursive: true, force: true });
  }

  async chmod(path: string, mode: number): Promise<void> {
    await chmod(this.path(path), mode);
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('git', args, { cwd: this.root, env: this.environment, maxBuffer: maxOutputBytes });
    return stdout;
  }

  /** What git lists that is on the disk and a file, sorted: submodules, nested repositories and deleted files are not. */
  async listedByGit(directory = ''): Promise<string[]> {
    const list = await this.git('-C', directory || '.', 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
    const paths: string[] = [];
    for (const path of new Set(list.split('\0'))) {
      if (path === '' || path.endsWith('/')) continue;
      const isFile = await lstat(join(this.root, directory, path)).then(
        (stat) => !stat.isDirectory(),
        () => false,
      );
      if (isFile) paths.push(path);
    }
    return paths.sort();
  }

  /** The rule by which git ignores each path. */
  async explain(paths: readonly string[]): Promise<Map<string, RuleOrigin>> {
    const asking = run('git', ['check-ignore', '--no-index', '-v', '-z', '--stdin'], {
      cwd: this.root,
      env: this.environment,
      maxBuffer: maxOutputBytes,
    });
    asking.child.stdin?.end(paths.join('\0'));
    const fields = (await asking).stdout.split('\0');
    const rules = new Map<string, RuleOrigin>();
    for (let at = 0; at + 3 < fields.length; at += 4) {
      const [source = '', line = '', pattern = '', path = ''] = fields.slice(at, at + 4);
      rules.set(path, { pattern, source, line: Number(line) });
    }
    return rules;
  }

  discovery(config: Partial<FilesConfig> = {}, directory = ''): Discovery {
    return new Discovery({
      root: join(this.root, directory),
      config: { ...defaultConfig.files, ...config },
      fileSystem: new NodeFileSystem(this.environment),
      logger: { log: (record) => void this.log.push(record) },
    });
  }

  /** All paths that discovery lists, in its order. */
  async discovered(config: Partial<FilesConfig> = {}, directory = ''): Promise<string[]> {
    return pathsOf(this.discovery(config, directory));
  }
}

export async function pathsOf(discovery: Discovery, prefix?: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of discovery.walk(undefined, prefix)) paths.push(path);
  return paths;
}

/** Paths that are skipped, with their reasons. */
export async function skipsOf(discovery: Discovery): Promise<Record<string, string>> {
  const skips: Record<string, string> = {};
  for await (const { path, skip } of discovery.walk()) if (skip !== undefined) skips[path] = skip.reason;
  return skips;
}

/** One word for a verdict: `discovered`, the reason of a skipped file, `ignored` or `missing`. */
export function wordOf(verdict: PathVerdict): string {
  return verdict.state === 'skipped' ? verdict.file.skip.reason : verdict.state;
}
