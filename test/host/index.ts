import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { grepVariable, hostLinePrefix, runMocha } from '../support/runMocha.ts';

/** Entry of the tests inside the extension host: VS Code calls it, in the desktop application and in the server alike. */
export async function run(): Promise<void> {
  const folder = import.meta.dirname;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.cjs'));
  const paths = files.sort().map((file) => join(folder, file));
  const { failed } = await runMocha(paths, {
    timeoutMs: 60_000,
    reporter: 'spec',
    linePrefix: hostLinePrefix,
    grep: process.env[grepVariable],
    // VS Code's own extensions share the process: its Git extension throws when a repository vanishes under a command.
    isForeign: (error) =>
      error instanceof Error && (error.stack ?? '').includes(join(vscode.env.appRoot, 'extensions') + sep),
  });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}
