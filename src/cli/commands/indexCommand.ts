import type { IndexReport } from '../../protocol/types.ts';
import type { CommandContext } from '../context.ts';
import { noteEmbeddingError } from '../embeddingError.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatCount, formatDuration, formatNumberOf } from '../format.ts';
import { reportJson } from '../json.ts';
import { jsonText } from '../jsonText.ts';
import { locateFolder } from '../locations.ts';
import { updateIndex, withFolder } from '../session.ts';
import { AppError, type ErrorCode } from '../../protocol/errors.ts';

/** Commands that only read, and searches that find little to do, have an index for less than this. */
const lockWaitMs = 3_000;

/** `codeweaver index <folder>`. */
export async function indexCommand(folder: string, json: boolean, context: CommandContext): Promise<ExitCode> {
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  return withFolder(context, location, false, async (session) => {
    const outcome = await updateIndex(session, context, lockWaitMs);
    switch (outcome.state) {
      case 'busy':
        throw new AppError(
          'IndexLocked',
          `Another process is indexing ${location.root}. Its index can be searched meanwhile.`,
        );
      case 'failed':
        throw outcome.error;
      case 'done': {
        const { report } = outcome;
        await context.terminal.write(json ? `${jsonText(documentOf(location.root, report))}\n` : summaryOf(report));
        return reportProblems(report, context);
      }
    }
  });
}

function documentOf(folder: string, report: IndexReport) {
  return { folder, ...reportJson(report) };
}

/** What the pass did, for people. */
function summaryOf(report: IndexReport): string {
  const { counts } = report;
  const embedded = report.chunksEmbedded + report.chunksFromCache;
  const vectors =
    embedded === 0
      ? ''
      : `; ${formatNumberOf(embedded, 'text')} embedded (${formatCount(report.chunksFromCache)} from the cache, ` +
        `${formatNumberOf(report.requests, 'request')}, ${formatNumberOf(report.tokens, 'token')})`;
  return (
    `Indexed in ${formatDuration(report.totalMs)}: ${formatNumberOf(report.filesChunked, 'file')} new or changed, ` +
    `${formatCount(report.filesUnchanged)} touched but unchanged, ${formatCount(report.filesRemoved)} removed; ` +
    `${formatNumberOf(report.chunksAdded, 'chunk')} added, ${formatCount(report.chunksRemoved)} removed${vectors}.\n` +
    `${formatNumberOf(counts.discovered, 'file')} discovered = ${formatCount(counts.indexed)} indexed + ` +
    `${formatCount(counts.pending)} pending + ${formatCount(counts.failed)} failed + ${formatCount(counts.skipped)} skipped.\n`
  );
}

/** Says on stderr what is not done, and gives the exit code for it. */
function reportProblems({ counts, error }: IndexReport, { terminal }: CommandContext): ExitCode {
  if (counts.failed > 0) {
    terminal.note(`${formatNumberOf(counts.failed, 'file')} failed; "codeweaver files" names them with the reason.`);
  }
  if (error === undefined) return exitCodes.ok;
  noteEmbeddingError(error, terminal);
  terminal.note(
    `${formatNumberOf(counts.pending, 'file')} pending; what arrived is kept, and lexical search covers everything. ` +
      (error.code === 'MemoryLimit' ? '' : 'Run the same command again to go on.'),
  );
  return exitCodeOf(new AppError(error.code as ErrorCode, error.message));
}
