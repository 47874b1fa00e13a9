import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { sourcesOf, type Repository } from './dataSet.ts';

const run = promisify(execFile);
/** A repository that has not arrived by then is stuck. */
const timeoutMs = 10 * 60_000;

/** Brings the sources that are missing, each at its pinned commit, with the system's git. Throws naming all that failed. */
export async function fetchSources(repositories: readonly Repository[], directory: string): Promise<void> {
  const failures: string[] = [];
  for (const repository of repositories) {
    const target = sourcesOf(directory, repository);
    if (existsSync(target)) continue;
    process.stderr.write(`${repository.repo}: fetching ${repository.url} at ${repository.pinned.slice(0, 12)}\n`);
    try {
      await fetchOne(repository, target);
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      failures.push(`${repository.repo} (${repository.url}): ${stderr?.trim() || message}`);
    }
  }
  if (failures.length > 0) {
    throw new Error(
      `Not all sources could be fetched:\n  ${failures.join('\n  ')}\nThe same command tries those again.`,
    );
  }
}

async function fetchOne({ url, pinned }: Repository, target: string): Promise<void> {
  const partial = `${target}.partial`;
  const git = async (...args: string[]) => run('git', ['-C', partial, ...args], { timeout: timeoutMs });
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await git('init', '--quiet');
    await git('fetch', '--quiet', '--depth', '1', '--', url, pinned);
    await git('checkout', '--quiet', 'FETCH_HEAD');
    await rename(partial, target);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The repositories whose sources are here. Throws when one is not, saying how to get it. */
export function assertSources(repositories: readonly Repository[], directory: string): void {
  const missing = repositories.filter((repository) => !existsSync(sourcesOf(directory, repository)));
  if (missing.length === 0) return;
  throw new Error(
    `The sources of ${missing.map(({ repo }) => repo).join(', ')} are not in ${directory}/repos. ` +
      'Run the benchmark with --fetch on a machine with internet, or put each there at its pinned commit.',
  );
}
