import { appendFileSync, existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { launchChromium } from './chromium.ts';
import { type Counts, grepVariable, hostLinePrefix, resultsVariable } from './runMocha.ts';
import { VscodeHost } from './vscodeHost.ts';

const project = join(import.meta.dirname, '../..');
/** What runs inside VS Code: test/host, bundled. */
export const hostTests = join(project, 'out/test/host/index.cjs');
const logFile = join(project, 'out/test/host.log');
/** A workspace small enough to be indexed in a moment. */
export const hostWorkspace = join(project, 'test/fixtures/workspace');
const timeoutMs = 10 * 60_000;

/** The tests' lines are for the reader; what VS Code itself says on the same console goes to a file. */
function report(message: string): void {
  for (const line of message.split('\n')) {
    if (line.startsWith(hostLinePrefix)) console.log(line.slice(hostLinePrefix.length));
    else appendFileSync(logFile, `${line}\n`);
  }
}

export interface HostSuiteOptions {
  /** Runs only the tests whose full title has this text. */
  readonly grep?: string | undefined;
  /** The folder that VS Code opens; a copy of it. */
  readonly workspace?: string;
  /** The extension under test. */
  readonly extension?: string;
}

/**
 * Runs out/test/host/index.cjs inside the extension host of a VS Code server, with the extension as built in its folder.
 * The tests' own lines appear here, VS Code's in out/test/host.log. Throws when the suite did not come to its end.
 */
export async function runHostSuite(options: HostSuiteOptions = {}): Promise<Counts> {
  const { grep, workspace = hostWorkspace, extension = project } = options;
  await rm(logFile, { force: true });
  const scratch = await mkdtemp(join(tmpdir(), 'codeweaver-host-suite-'));
  const resultsFile = join(scratch, 'results.json');
  const folder = join(scratch, 'workspace');
  await cp(workspace, folder, { recursive: true });
  const env = { [resultsVariable]: resultsFile, ...(grep !== undefined && { [grepVariable]: grep }) };
  const host = await VscodeHost.start({ runsTests: true, env });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    // The workbench of the server has no test runner of its own: these two are its way out (smoke-test driver).
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => report(format(...args)));
    const ended = Promise.withResolvers<void>();
    await page.exposeFunction('codeAutomationExit', () => ended.resolve());
    await page.goto(
      host.url(folder, [
        ['extensionDevelopmentPath', host.remoteUri(extension)],
        ['extensionTestsPath', host.remoteUri(hostTests)],
      ]),
    );
    await withTimeout(ended.promise, timeoutMs);
    if (!existsSync(resultsFile))
      throw new Error(`The tests in VS Code ended before their results were in; see ${logFile}`);
    return JSON.parse(await readFile(resultsFile, 'utf8')) as Counts;
  } finally {
    await browser.close();
    await host.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function withTimeout(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The tests in VS Code did not end in ${ms} ms; see ${logFile}`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
