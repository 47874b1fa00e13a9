/**
 * `npm test`: everything, in order; `npm test -- unit host`: the named steps; `--grep TEXT`: only tests with that text.
 * Sets up what it needs (VS Code's server, Chromium) by itself. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runHostSuite } from './support/hostSuite.ts';
import { packagedVsix } from './support/packagedVsix.ts';
import { type Counts, resultsVariable } from './support/runMocha.ts';

const project = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'codeweaver-test-'));
/** What a universal package with every grammar may weigh: users download it once per version and machine. */
const maxPackageBytes = 20_000_000;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });

/** Each step says how many of its tests passed and failed; a tool without tests of its own counts as one. */
const steps: Readonly<Record<string, () => Promise<Counts>>> = {
  build: async () => tool('esbuild.config.mjs'),
  lint: async () => tool('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  format: async () => tool('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  unused: async () => tool('node_modules/knip/bin/knip.js'),
  types: async () => tool('node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'),
  unit: async () => suite('unit'),
  webview: async () => suite('webview'),
  package: packageExtension,
  cli: async () => suite('cli'),
  host: async () => runHostSuite({ grep: values.grep }),
  e2e: async () => suite('e2e'),
};

async function tool(script: string, ...args: string[]): Promise<Counts> {
  return one((await runNode([join(project, script), ...args])) === 0);
}

async function packageExtension(): Promise<Counts> {
  rmSync(packagedVsix, { force: true });
  const packed = one((await run('npm', ['run', '--silent', 'package'])) === 0);
  if (packed.failed > 0) return packed;
  const { size } = statSync(packagedVsix);
  console.log(`${packagedVsix}: ${size} bytes, allowed ${maxPackageBytes}`);
  return sum(packed, one(size <= maxPackageBytes));
}

/** A Mocha suite in a process of its own. One that died, or hung on something it left behind, has failed. */
async function suite(name: string): Promise<Counts> {
  const resultsFile = join(scratch, `${name}.json`);
  const args = [join(import.meta.dirname, 'support/mochaProcess.ts'), name];
  if (values.grep !== undefined) args.push(values.grep);
  const exitCode = await runNode(args, { [resultsVariable]: resultsFile });
  const counts = readCounts(resultsFile);
  return exitCode !== 0 && counts.failed === 0 ? sum(counts, one(false)) : counts;
}

function readCounts(file: string): Counts {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    console.error('The suite ended before its results were in.');
    return one(false);
  }
}

async function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return run(process.execPath, args, env);
}

/** Runs a program in the project's folder, its output going to ours; resolves with the exit code. */
async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(program, args, {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && program === 'npm', // npm is a batch file there.
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function one(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

function sum(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

async function runStep(name: string, step: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n=== ${name}`);
  try {
    const counts = await step();
    if (counts.passed + counts.failed > 0) return counts;
    console.error(`No test of ${name} ran.`);
  } catch (error) {
    console.error(error);
  }
  return one(false);
}

const names = positionals.length > 0 ? positionals : Object.keys(steps);
const unknown = names.filter((name) => steps[name] === undefined);
if (unknown.length > 0) {
  console.error(`No such step: ${unknown.join(', ')}. There are: ${Object.keys(steps).join(', ')}.`);
  process.exit(2);
}

let total: Counts = { passed: 0, failed: 0, skipped: 0 };
const summary: string[] = [];
for (const name of names) {
  const step = steps[name];
  if (step === undefined) continue;
  const startedMs = performance.now();
  const counts = await runStep(name, step);
  total = sum(total, counts);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  summary.push(
    `${name.padEnd(8)} ${seconds.padStart(7)} s  ${counts.passed} passed, ${counts.failed} failed${skipped}`,
  );
}
rmSync(scratch, { recursive: true, force: true });
console.log(`\n=== summary\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
