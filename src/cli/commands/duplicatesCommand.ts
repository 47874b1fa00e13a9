import type { DuplicatesRequest } from '../../protocol/duplicates.ts';
import { english } from '../../protocol/phrase.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { type FilterOptions, toSearchFilter } from '../options.ts';
import { renderDuplicates } from '../renderDuplicates.ts';
import type { Session } from '../session.ts';
import { withSearchableFolder } from './searchCommand.ts';

export interface DuplicatesOptions extends FilterOptions {
  readonly json: boolean;
  /** False: the stored index as it is. */
  readonly update: boolean;
  readonly minLines?: number;
  readonly threshold?: number;
  readonly groups?: number;
}

/** `codeweaver duplicates <folder>`: groups of code that is nearly the same. */
export async function duplicatesCommand(
  folder: string,
  options: DuplicatesOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  return withSearchableFolder(folder, options.update, context, async (session) => {
    const stopListening = session.engine.on('activity', ({ call, step }) => {
      if (call === 'duplicates' && context.options.progress && terminal.stderr.isTTY === true)
        terminal.note(english(step));
    });
    try {
      const report = await session.engine.findDuplicates(duplicatesRequest(session, options), signal);
      // A folder's id is its path here, which the reader knows.
      const groups = report.groups.map((group) => ({
        ...group,
        members: group.members.map(({ folderId: _folderId, ...member }) => member),
      }));
      await terminal.write(
        options.json
          ? `${JSON.stringify({ folder: session.folder.root, ...report, groups })}\n`
          : renderDuplicates(report, terminal.colours),
      );
    } finally {
      stopListening();
    }
    return exitCodes.ok;
  });
}

function duplicatesRequest({ folder }: Session, options: DuplicatesOptions): DuplicatesRequest {
  const { minLines, threshold, groups } = options;
  return {
    ...(minLines === undefined ? {} : { minLines }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(groups === undefined ? {} : { groups }),
    filter: { ...toSearchFilter(options), folders: [folder.root] },
  };
}
