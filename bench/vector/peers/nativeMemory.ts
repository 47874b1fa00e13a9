import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchEngine } from '../engine.ts';

/**
 * What a native index holds, which its package does not tell: it is saved, opened again in a process of its own, and that
 * process's resident set before and after is compared. In this process the same comparison says nothing: memory that
 * others gave back before is used again.
 */
export function nativeBytes(engine: Required<Pick<BenchEngine, 'name' | 'save'>>, dimensions: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'codeweaver-bench-vector-'));
  try {
    void engine.save(directory);
    const script = join(import.meta.dirname, 'loadAlone.ts');
    return Number(
      execFileSync(process.execPath, [script, engine.name, directory, String(dimensions)], { encoding: 'utf8' }),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
