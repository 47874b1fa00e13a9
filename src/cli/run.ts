import { CommanderError } from 'commander';
import { toAppError, type AppError } from '../protocol/errors.ts';
import { benchCommand } from './commands/benchCommand.ts';
import { batchCommand } from './commands/batchCommand.ts';
import { chunksCommand } from './commands/chunksCommand.ts';
import { clearCommand } from './commands/clearCommand.ts';
import { duplicatesCommand } from './commands/duplicatesCommand.ts';
import { evalCommand } from './commands/evalCommand.ts';
import { filesCommand } from './commands/filesCommand.ts';
import { indexCommand } from './commands/indexCommand.ts';
import { mcpCommand } from './commands/mcpCommand.ts';
import { planCommand } from './commands/planCommand.ts';
import { probeCommand } from './commands/probeCommand.ts';
import { searchCommand } from './commands/searchCommand.ts';
import { statusCommand } from './commands/statusCommand.ts';
import { whyCommand } from './commands/whyCommand.ts';
import { findDataDir, type CommandContext } from './context.ts';
import type { CliEnvironment } from './environment.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exitCodes.ts';
import type { GlobalOptions } from './options.ts';
import { createProgram } from './program.ts';
import { RunRecords } from './runRecords.ts';
import { Terminal } from './terminal.ts';

/** Runs one command line (without the names of node and script) to its end and returns the exit code. Never throws. */
export async function runCli(args: readonly string[], environment: CliEnvironment): Promise<ExitCode> {
  const readerGone = new AbortController();
  const terminal = new Terminal(environment, () => {
    readerGone.abort();
  });
  const signal = AbortSignal.any([environment.signal, readerGone.signal]);
  let records: RunRecords | undefined;
  const context = async (options: GlobalOptions): Promise<CommandContext> => {
    records = await RunRecords.start(options, environment);
    return { environment, terminal, options, records, dataDir: await findDataDir(options, environment), signal };
  };
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(
    {
      index: async (folder, json, options) => indexCommand(folder, json, await context(options)),
      search: async (folder, query, command, options) => searchCommand(folder, query, command, await context(options)),
      batch: async (folder, file, command, options) => batchCommand(folder, file, command, await context(options)),
      eval: async (folder, file, command, options) => evalCommand(folder, file, command, await context(options)),
      duplicates: async (folder, command, options) => duplicatesCommand(folder, command, await context(options)),
      chunks: async (file, command, options) => chunksCommand(file, command, await context(options)),
      status: async (folder, command, options) => statusCommand(folder, command, await context(options)),
      files: async (folder, json, options) => filesCommand(folder, json, await context(options)),
      clear: async (folder, options) => clearCommand(folder, await context(options)),
      bench: async (json, options) => benchCommand(json, await context(options)),
      probe: async (json, options) => probeCommand(json, await context(options)),
      mcp: async (folder, command, options) => mcpCommand(folder, command, await context(options)),
      plan: async (folder, json, options) => planCommand(folder, json, await context(options)),
      why: async (file, command, options) => whyCommand(file, command, await context(options)),
    },
    (code) => {
      exitCode = code;
    },
  );
  let help = '';
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (help += text),
      writeErr: (text) => environment.stderr.write(text),
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    exitCode =
      error instanceof CommanderError
        ? exitCodeOfUsage(error)
        : report(error, terminal, program.opts()['verbose'] === true);
  }
  for (const error of (await records?.finish(terminal)) ?? []) {
    const failed = report(error, terminal, false);
    if (exitCode === exitCodes.ok) exitCode = failed;
  }
  await terminal.write(help);
  const gone = terminal.readerGone;
  terminal.dispose();
  // A reader that had enough (`| head`) is no failure.
  return gone && exitCode === exitCodes.cancelled && !environment.signal.aborted ? exitCodes.ok : exitCode;
}

/** Help and version are asked for; anything else that commander stops at is a wrong command line, already explained. */
function exitCodeOfUsage({ exitCode }: CommanderError): ExitCode {
  return exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}

/** Says what went wrong and gives the exit code for it. */
function report(error: unknown, terminal: Terminal, verbose: boolean): ExitCode {
  const appError = toAppError(error);
  if (appError.group === 'cancelled') {
    if (!terminal.readerGone) terminal.note('Stopped. What was done is kept; the same command goes on from there.');
    return exitCodes.cancelled;
  }
  terminal.note(`error: ${appError.message}`);
  if (verbose || appError.group === 'bug') terminal.note(stackOf(appError));
  return exitCodeOf(appError);
}

function stackOf(error: AppError): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by ${error.cause.stack ?? String(error.cause)}` : own;
}
