/** `node test/support/mochaProcess.ts <suite>`: one suite (a folder of test/) in a process of its own. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type MochaOptions, runMocha } from './runMocha.ts';

const suites: Readonly<Record<string, MochaOptions>> = {
  unit: { timeoutMs: 60_000, reporter: 'dot' },
  webview: { timeoutMs: 60_000, reporter: 'dot' },
  cli: { timeoutMs: 120_000, reporter: 'spec' },
  e2e: { timeoutMs: 180_000, reporter: 'spec' },
};

/** Timers, sockets, workers or processes that tests left behind would keep the process alive; so much grace they have. */
const leakGraceMs = 5000;

const [suite = '', grep] = process.argv.slice(2);
const options = suites[suite];
if (options === undefined) throw new Error(`No such suite: ${suite}. There are: ${Object.keys(suites).join(', ')}.`);

// The same inputs in every run, so that a red build means a change; another seed looks further.
fc.configureGlobal({ seed: Number(process.env['CODEWEAVER_TEST_SEED'] ?? 1) });

const files = globSync(join(import.meta.dirname, '..', suite, '**/*.test.ts'));
const { failed } = await runMocha(files.sort(), { ...options, grep });
process.exitCode = failed > 0 ? 1 : 0;
setTimeout(() => {
  console.error(`The suite ${suite} left something running: ${process.getActiveResourcesInfo().join(', ')}`);
  process.exit(1);
}, leakGraceMs).unref();
