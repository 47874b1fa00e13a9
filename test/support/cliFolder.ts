import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runCliProcess, startCli, type CliResult, type RunningCli } from './cliRun.ts';
import { GeneratedRepository } from './generatedRepository.ts';
import { StoredIndex } from './storedIndex.ts';
import { temporaryDirectory } from './temporary.ts';

/** What `status --json` says, as far as tests ask. */
export interface StatusJson {
  readonly files: Readonly<Record<'discovered' | 'indexed' | 'pending' | 'failed' | 'skipped', number>>;
  readonly chunks: number;
  readonly vectors: number;
  readonly requests: number;
  readonly integrity: string;
  readonly busy: boolean;
}

/** What `search --json` says, as far as tests ask. */
export interface SearchJson {
  readonly mode: string;
  readonly results: readonly { readonly path: string; readonly startLine: number }[];
}

/** A folder of source files with an index directory of its own, handled through the built command line. */
export class CliFolder {
  readonly root: string;
  readonly dataDir: string;
  readonly repository: GeneratedRepository;

  private constructor(directory: string, seed: number) {
    this.root = join(directory, 'repository');
    this.dataDir = join(directory, 'data');
    this.repository = new GeneratedRepository(this.root, seed);
  }

  static async create(files: number, seed = 1): Promise<CliFolder> {
    const folder = new CliFolder(await temporaryDirectory('cli'), seed);
    await folder.repository.add(files);
    return folder;
  }

  get stored(): StoredIndex {
    return new StoredIndex(this.dataDir);
  }

  /** `codeweaver <command> <folder> <more> --index-dir …`. */
  async run(command: string, ...more: string[]): Promise<CliResult> {
    return runCliProcess(...this.arguments(command, ...more));
  }

  start(command: string, ...more: string[]): RunningCli {
    return startCli(this.arguments(command, ...more));
  }

  arguments(command: string, ...more: string[]): string[] {
    return [command, this.root, ...more, '--index-dir', this.dataDir, '--no-progress'];
  }

  /** Runs a command that must succeed and reads what it prints. */
  async json<T>(command: string, ...more: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.run(command, ...more, '--json');
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  async status(): Promise<StatusJson> {
    return this.json('status');
  }

  /** The best places for a query in the stored index, `path:line`. */
  async places(query: string, ...more: string[]): Promise<string[]> {
    const { results } = await this.json<SearchJson>('search', query, '--no-update', ...more);
    return results.map(({ path, startLine }) => `${path}:${startLine}`);
  }
}

/** Options that make `index` embed through a test server, a few texts at a time. */
export function remoteOptions(url: string): string[] {
  return ['--base-url', url, '--model', 'test', '--max-batch-inputs', '8', '--concurrency', '4', '--max-retries', '0'];
}

/** Resolves when the condition holds; fails after 20 s. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let waitedMs = 0; !(await condition()); waitedMs += 20) {
    assert.ok(waitedMs < 20_000, `never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
