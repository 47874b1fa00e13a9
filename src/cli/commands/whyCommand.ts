import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../protocol/errors.ts';
import type { WhyReport } from '../../protocol/types.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatNumberOf } from '../format.ts';
import { jsonText } from '../jsonText.ts';
import {
  ancestorsOf,
  canonicalFile,
  indexDirOf,
  locateFolder,
  relativeWithin,
  type FolderLocation,
} from '../locations.ts';
import { readRemembered } from '../remembered.ts';
import { withStoredOrEmpty } from '../session.ts';
import { printable } from '../terminal.ts';

export interface WhyOptions {
  readonly json: boolean;
  /** The indexed folder the file belongs to; found when not given. */
  readonly folder?: string;
}

/** `codeweaver why <file>`: is it indexed, and if not, which rule in which file and line says so. */
export async function whyCommand(file: string, options: WhyOptions, context: CommandContext): Promise<ExitCode> {
  const { environment, terminal } = context;
  const path = await canonicalFile(file, environment.workingDirectory);
  const location = await findFolder(path, options.folder, context);
  const relative = relativeWithin(location.root, path, environment.platform);
  if (relative === undefined) {
    throw new AppError('NotFound', `${path} is not inside ${location.root}. Name the folder it is in with --folder.`);
  }
  return withStoredOrEmpty(context, location, async ({ engine }, indexed) => {
    const report = await engine.why(location.root, relative, context.signal);
    await terminal.write(
      options.json
        ? `${jsonText({ folder: location.root, folderIndexed: indexed, ...report }, 2)}\n`
        : `${printable(describeWhy(report))}\n`,
    );
    if (!indexed) terminal.note(`note: ${location.root} has no index yet; this is what indexing it would do.`);
    return report.state === 'missing' ? exitCodes.notFound : exitCodes.ok;
  });
}

/** The folder that was named; else the nearest indexed one above the file, the repository it is in, its directory. */
export async function findFolder(
  path: string,
  named: string | undefined,
  context: CommandContext,
): Promise<FolderLocation> {
  const { dataDir } = context;
  const { workingDirectory } = context.environment;
  if (named !== undefined) return locateFolder(named, workingDirectory, dataDir);
  let repository: string | undefined;
  for (const root of ancestorsOf(path)) {
    const location = { root, indexDir: indexDirOf(dataDir, root) };
    if (await readRemembered(location.indexDir)) return location;
    if (repository === undefined && (await exists(join(root, '.git')))) repository = root;
  }
  return locateFolder(repository ?? dirname(path), workingDirectory, dataDir);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** One sentence: is it indexed, and which rule decided. */
export function describeWhy({ path, state, reason, detail, rule, language, chunks }: WhyReport): string {
  if (state === 'indexed') {
    return `${path}: indexed, ${[language, formatNumberOf(chunks ?? 0, 'chunk')].filter(Boolean).join(', ')}.`;
  }
  // What the engine says of ignored files names the rule already.
  const place =
    rule && detail?.includes(rule.pattern) !== true ? ` (rule "${rule.pattern}", ${rule.source}:${rule.line})` : '';
  return `${path}: ${state}${reason ? ` as ${reason}` : ''}. ${detail}${place}`;
}
