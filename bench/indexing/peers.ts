import { measuredRun } from '../shared/measuredRun.ts';
import { percentile } from '../../src/util/percentile.ts';

export interface PeerResult {
  readonly name: string;
  readonly version: string;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Programs that search text without an index. `version` is how they say which one they are. */
const peers = [
  {
    name: 'ripgrep',
    command: 'rg',
    version: ['--version'],
    search: (word: string) => ['--count', '-i', '-F', word, '.'],
  },
  {
    name: 'git grep',
    command: 'git',
    version: ['--version'],
    search: (word: string) => ['grep', '--no-index', '--count', '-i', '-F', word],
  },
] as const;

/**
 * How long the peers that are installed need for the longest word of each question: not the same job (one word instead
 * of a question, no ranking), but the time without an index, whole process included.
 */
export async function measurePeers(root: string, questions: readonly string[]): Promise<PeerResult[]> {
  const words = questions.map((question) => question.split(/\W+/).reduce((a, b) => (b.length > a.length ? b : a)));
  const results: PeerResult[] = [];
  for (const { name, command, version, search } of peers) {
    const found = await measuredRun(command, version).catch(() => undefined);
    if (!found) {
      process.stderr.write(`${name} is not installed: left out.\n`);
      continue;
    }
    const times: number[] = [];
    // They end with 1 when nothing matches.
    for (const word of words)
      times.push((await measuredRun(command, search(word), { cwd: root, anyExit: true })).wallMs);
    results.push({
      name,
      version: found.stdout.split('\n')[0] ?? '',
      p50Ms: percentile(times, 50),
      p95Ms: percentile(times, 95),
    });
  }
  return results;
}
