/** `npm run test:electron`: the suite of test/host inside the desktop VS Code. */
import { runTests } from '@vscode/test-electron';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desktopVscode } from './support/desktop.ts';
import { hostTests, hostWorkspace } from './support/hostSuite.ts';
import { type Counts, resultsVariable } from './support/runMocha.ts';
import { runToEnd } from './support/runToEnd.ts';

const project = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'codeweaver-electron-'));
const resultsFile = join(scratch, 'results.json');
const workspace = join(scratch, 'workspace');

try {
  const vscodeExecutablePath = await desktopVscode();
  await runToEnd(process.execPath, [join(project, 'esbuild.config.mjs')], { cwd: project });
  cpSync(hostWorkspace, workspace, { recursive: true });
  const exitCode = await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: project,
    extensionTestsPath: hostTests,
    extensionTestsEnv: { [resultsVariable]: resultsFile },
    launchArgs: [
      ...[workspace, '--disable-extensions'],
      ...['--user-data-dir', join(scratch, 'user'), '--extensions-dir', join(scratch, 'extensions')],
    ],
  }).catch(() => 1); // A failed test is a failed run; what failed stands in the output and in the counts.
  const { passed, failed } = JSON.parse(readFileSync(resultsFile, 'utf8')) as Counts;
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = exitCode;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(
    'The same tests run in the server edition of VS Code, without display or download host: npm test -- build host',
  );
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
