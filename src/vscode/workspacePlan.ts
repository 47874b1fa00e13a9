import type { EmbeddingConfig } from '../protocol/config.ts';
import type { IndexingPlan, PlanDirectory } from '../protocol/costs.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { RelativePath } from '../protocol/types.ts';

/** A directory of a plan with the folder it is in, where there are several. */
export interface WorkspaceDirectory extends PlanDirectory {
  readonly folder?: string;
}

/** The plans of all folders as one; folders are embedded one after the other. */
export interface WorkspacePlan extends Omit<IndexingPlan, 'directories' | 'folderId'> {
  /** Largest first, ten at most. */
  readonly directories: readonly WorkspaceDirectory[];
}

export interface PlannedFolder {
  readonly id: string;
  readonly name: string;
}

const maxDirectories = 10;

/** Asks the engine for the plan of each folder. At least one folder. */
export async function planWorkspace(
  engine: Pick<EngineApi, 'plan'>,
  folders: readonly PlannedFolder[],
  embedding: EmbeddingConfig,
  exclude: readonly string[],
  signal?: AbortSignal,
): Promise<WorkspacePlan> {
  const plans = await Promise.all(
    folders.map(async ({ id: folderId, name }) => ({
      name,
      plan: await engine.plan({ folderId, exclude, embedding }, signal),
    })),
  );
  const [first, ...others] = plans.map(({ plan }) => plan);
  if (first === undefined) throw new RangeError('There is no folder to plan for.');
  const directories = plans.flatMap(({ name, plan }) =>
    plan.directories.map((directory) => (plans.length > 1 ? { ...directory, folder: name } : directory)),
  );
  const sum = others.reduce(addPlans, first);
  return {
    ...sum,
    directories: directories
      .map((directory) => ({ ...directory, share: sum.tokens === 0 ? 0 : directory.tokens / sum.tokens }))
      .toSorted((a, b) => b.tokens - a.tokens)
      .slice(0, maxDirectories),
  };
}

function addPlans(one: IndexingPlan, other: IndexingPlan): IndexingPlan {
  const { provider, model, endpoint, folderId } = one;
  const dollars = addKnown(one.dollars, other.dollars);
  const vectorBytes = addKnown(one.vectorBytes, other.vectorBytes);
  const most = addKnown(one.time?.most, other.time?.most);
  const least = addKnown(one.time?.least, other.time?.least);
  return {
    ...{ provider, model, endpoint, folderId },
    isComplete: one.isComplete && other.isComplete,
    files: one.files + other.files,
    chunks: one.chunks + other.chunks,
    withVector: one.withVector + other.withVector,
    cached: one.cached + other.cached,
    repeated: one.repeated + other.repeated,
    local: one.local + other.local,
    toSend: one.toSend + other.toSend,
    tokens: one.tokens + other.tokens,
    requests: one.requests + other.requests,
    ...(dollars === undefined ? {} : { dollars }),
    ...(vectorBytes === undefined ? {} : { vectorBytes }),
    ...(least === undefined ? {} : { time: { least, ...(most === undefined ? {} : { most }) } }),
    directories: [],
  };
}

function addKnown(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/**
 * The glob of `codeweaver.files.exclude` that leaves out a directory. These globs know no escapes: a special character
 * stands in a class, a brace (which is read before classes) as any one character.
 */
export function directoryGlob(path: RelativePath): string {
  return `${path.replaceAll(/[*?[]/gu, '[$&]').replaceAll(/[{}]/gu, '?')}/**`;
}
