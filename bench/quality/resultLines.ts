import { writeFile } from 'node:fs/promises';
import { parse, format } from 'node:path';
import { ablations, type Ablation } from './ablations.ts';
import type { RepositoryRun } from './measureRepository.ts';

/**
 * Writes what was found, one line a question, for other scorers: `{"repo", "query_id", "results": [{"path", "start_line",
 * "end_line"}]}`. The full search goes to the file itself, the others beside it (`found.jsonl` -> `found.bm25.jsonl`).
 */
export async function writeResultLines(file: string, runs: readonly RepositoryRun[]): Promise<void> {
  for (const { name } of ablations) {
    const lines = runs.flatMap((run) => linesOf(run, name));
    if (lines.length > 0) await writeFile(name === 'full' ? file : besides(file, name), `${lines.join('\n')}\n`);
  }
}

function linesOf({ repository, runs }: RepositoryRun, name: Ablation['name']): string[] {
  return runs[name].answers.map(({ question, results }) =>
    JSON.stringify({
      repo: repository.repo,
      query_id: question.queryId,
      results: results.map(({ path, startLine, endLine }) => ({ path, start_line: startLine, end_line: endLine })),
    }),
  );
}

function besides(file: string, name: string): string {
  const { dir, root, name: base, ext } = parse(file);
  return format({ dir, root, name: `${base}.${name}`, ext });
}
