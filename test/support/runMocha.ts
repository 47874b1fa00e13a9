import { writeFile } from 'node:fs/promises';
import { format } from 'node:util';
import Mocha from 'mocha';

/** Where a test process leaves its {@link Counts} for the process that started it. */
export const resultsVariable = 'CODEWEAVER_TEST_RESULTS';

/** Hands {@link MochaOptions.grep} to the tests inside VS Code. */
export const grepVariable = 'CODEWEAVER_TEST_GREP';

/** {@link MochaOptions.linePrefix} inside VS Code, whose own messages share the console. */
export const hostLinePrefix = 'test| ';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface MochaOptions {
  readonly timeoutMs: number;
  /** `dot` for many fast tests, `spec` where each test takes long enough to want its name. */
  readonly reporter: 'dot' | 'spec';
  /** Put before each line of the reporter, where others write to the same console. */
  readonly linePrefix?: string;
  /** Runs only the tests whose full title has this text. */
  readonly grep?: string | undefined;
  /** Tells uncaught errors of other code in this process, which are no failure of the test that happens to run. */
  readonly isForeign?: (error: unknown) => boolean;
}

/** Runs the given test files in this process, and leaves the counts in the file that {@link resultsVariable} names. */
export async function runMocha(files: readonly string[], options: MochaOptions): Promise<Counts> {
  const { linePrefix, isForeign } = options;
  if (linePrefix !== undefined) {
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) => console.log(format(...args).replace(/^/gm, linePrefix));
  }
  const mocha = new Mocha({ ui: 'bdd', timeout: options.timeoutMs, reporter: options.reporter, forbidOnly: true });
  if (options.grep !== undefined) mocha.fgrep(options.grep);
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const counts = await new Promise<Counts>((resolve) => {
    const runner = mocha.run((failures) => {
      const { passes, pending } = runner.stats ?? { passes: 0, pending: 0 };
      resolve({ passed: passes, failed: failures, skipped: pending });
    });
    if (isForeign) passOver(isForeign, runner);
  });
  const resultsFile = process.env[resultsVariable];
  if (resultsFile !== undefined) await writeFile(resultsFile, JSON.stringify(counts));
  return counts;
}

/** Hands Mocha's listener, which fails the running test for any uncaught error of the process, only those that are ours. */
function passOver(isForeign: (error: unknown) => boolean, runner: Mocha.Runner): void {
  const mochas = process.listeners('uncaughtException').at(-1);
  if (mochas === undefined) throw new Error('Mocha listens to uncaught errors no longer');
  const listener = (error: Error, origin: NodeJS.UncaughtExceptionOrigin): void => {
    if (isForeign(error)) console.warn('Uncaught error of another extension:', error);
    else mochas(error, origin);
  };
  process.off('uncaughtException', mochas).on('uncaughtException', listener);
  runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => process.off('uncaughtException', listener));
}
