import { homedir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../core/engine.ts';
import { createNodePlatform } from '../node/platform.ts';
import { CancelledError } from '../protocol/errors.ts';
import { exitCodes } from './exitCodes.ts';
import { runCli } from './run.ts';

/** What is still open after this long is not worth waiting for: everything was closed and written before. */
const exitGraceMs = 2_000;

const stop = new AbortController();

/** The first signal asks for a clean end, so that nothing is lost; the second does not ask. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(exitCodes.cancelled);
  process.stderr.write('\nStopping … (once more to stop at once)\n');
  stop.abort(new CancelledError());
}

// SIGHUP: the terminal was closed. SIGBREAK: Ctrl+Break on Windows.
for (const name of [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  ...(process.platform === 'win32' ? ['SIGBREAK' as const] : []),
] as const) {
  process.on(name, onSignal);
}

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  variables: process.env,
  workingDirectory: process.cwd(),
  homeDirectory: homedir(),
  platform: process.platform,
  signal: stop.signal,
  createEngine: async ({ cacheDir, log }) => {
    // dist/cli.js and dist/parser.js lie side by side; the grammars are one folder up.
    const platform = createNodePlatform({
      assetsDir: join(import.meta.dirname, '../media'),
      parserPath: join(import.meta.dirname, 'parser.js'),
      fetch: async (url, init) => fetch(url, init),
      logger: { log },
    });
    return new Engine(platform, { cacheDir });
  },
});
setTimeout(() => process.exit(), exitGraceMs).unref();
