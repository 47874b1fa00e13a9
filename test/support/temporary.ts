import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';

const created: string[] = [];

/** A new empty directory, removed when the suite that runs has ended. */
export async function temporaryDirectory(name = 'codeweaver'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  created.push(directory);
  return directory;
}

after(async () => {
  for (const directory of created.splice(0)) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});
