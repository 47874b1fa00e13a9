import type { SpendingStatus } from '../../protocol/costs.ts';
import type { EngineStatus, FolderStatus, HealthReport, RerankerStatus } from '../../protocol/types.ts';
import type { RecallAction, RecallStats, ShardStats, VectorIndexStats } from '../../protocol/vectorStats.ts';
import { profileLine } from '../../util/probeReport.ts';
import { listPrice } from '../../util/embeddingPrices.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatBytes, formatCount, formatDuration, formatNumberOf } from '../format.ts';
import { statusJson } from '../json.ts';
import { jsonText } from '../jsonText.ts';
import { locateFolder } from '../locations.ts';
import { folderStatus, withStoredOrEmpty } from '../session.ts';

export interface StatusOptions {
  readonly json: boolean;
  /** Compare answers of the vector index with those of comparing all vectors first. */
  readonly checkRecall?: boolean;
}

/** `codeweaver status <folder>`. A folder that was never indexed is an answer (zeros), not an error. */
export async function statusCommand(
  folder: string,
  { json, checkRecall = false }: StatusOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  return withStoredOrEmpty(context, location, async (session, indexed) => {
    if (checkRecall && (await session.engine.checkRecall(location.root, context.signal)) === undefined)
      context.terminal.note('note: the recall was not checked: there are no vectors, or they are being changed.');
    const { engine, health, ...status } = await folderStatus(session, context.signal);
    await context.terminal.write(
      json
        ? `${jsonText(statusJson(status, engine, health, location.indexDir, indexed), 2)}\n`
        : renderStatus(status, engine, health, location.indexDir),
    );
    if (!indexed) context.terminal.note(`note: ${location.root} has no index yet.`);
    return exitCodes.ok;
  });
}

/** How vectors are searched, and why so: the plan of the largest part of the index. */
function vectorRows(index: VectorIndexStats | undefined): [string, string][] {
  const largest = index?.shards.toSorted((a, b) => b.count - a.count)[0];
  if (index === undefined || largest === undefined || index.count === 0) return [];
  const graphed = index.shards.reduce((sum, shard) => sum + shard.graphed, 0);
  const graph = `${formatCount(graphed)} of ${formatCount(index.count)} in the graph (${planTexts[largest.plan]})`;
  return [['search', `engine ${index.engine}, ${graph}`], ...recallRows(index.recall)];
}

/** What reranks, and how its last call went. */
function rerankerRows(reranker: RerankerStatus | undefined): [string, string][] {
  if (reranker === undefined) return [];
  const { host, model, state, message, requests } = reranker;
  const calls = requests === 0 ? 'not asked yet' : `${state}, ${formatNumberOf(requests, 'request')}`;
  return [['reranker', `${host}${model === '' ? '' : ` ${model}`}: ${message ?? calls}`]];
}

function recallRows(recall: RecallStats | undefined): [string, string][] {
  if (recall === undefined) return [];
  const { at10, goal, samples, effort, action, ms } = recall;
  const measured = `recall@10 ${at10.toFixed(3)} (goal ${goal}) over ${formatNumberOf(samples, 'sample')}`;
  const tuned = effort === 1 ? '' : `, with effort ×${effort.toFixed(1)}`;
  return [['recall', `${measured}${tuned}, ${actionTexts[action]}, in ${formatDuration(ms)}`]];
}

const actionTexts: Readonly<Record<RecallAction, string>> = {
  none: 'nothing to do',
  raisedEffort: 'searches have to look at more (the editor tunes them by itself)',
  loweredEffort: 'searches can look at less',
  rebuilt: 'built anew, as changes had worn it',
};

const planTexts: Readonly<Record<ShardStats['plan'], string>> = {
  setting: 'as the setting says',
  small: 'too few vectors for one',
  measuring: 'not measured yet',
  scanIsFast: 'a scan is fast enough here',
  graphPays: 'clearly faster than a scan here',
  graphBuilding: 'being built',
};

/** What is wrong, or that nothing is. */
function healthText({ ok, ms, checks }: HealthReport): string {
  const wrong = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
  return `${ok ? 'ok' : wrong.join('; ')} (${formatNumberOf(checks.length, 'check')} in ${formatDuration(ms)})`;
}

/** Less is shown as nothing. */
const leastDollars = 0.0001;

/** With the money at the list price where the model's is known; nothing is said of next to nothing. */
function spentText({ spent, space }: FolderStatus): string {
  const dollars = space === undefined ? undefined : listPrice(space.model, spent.tokens);
  const money =
    dollars === undefined || dollars < leastDollars ? '' : `, about $${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
  return `${formatNumberOf(spent.requests, 'request')}, ${formatNumberOf(spent.tokens, 'token')}${money}`;
}

function budgetRows({ budgetTokens, workspace }: SpendingStatus): [string, string][] {
  if (budgetTokens === undefined) return [];
  return [['budget', `${formatCount(workspace.tokens)} of ${formatNumberOf(budgetTokens, 'token')}`]];
}

function renderStatus(folder: FolderStatus, engine: EngineStatus, health: HealthReport, indexDir: string): string {
  const { counts, space, sizes } = folder;
  const reasons = Object.entries(folder.skippedByReason).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  const rows: [string, string][] = [
    [
      'files',
      `${formatCount(counts.discovered)} discovered = ${formatCount(counts.indexed)} indexed + ` +
        `${formatCount(counts.pending)} pending + ${formatCount(counts.failed)} failed + ` +
        `${formatCount(counts.skipped)} skipped${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`,
    ],
    ['chunks', formatCount(folder.chunks)],
    ['vectors', formatCount(folder.vectors)],
    [
      'space',
      space
        ? [`${space.provider} ${space.model}`, `${space.dimensions || 'unknown'} dimensions`, space.endpoint]
            .filter((part) => part !== '')
            .join(', ')
        : 'none (lexical search only)',
    ],
    ...vectorRows(folder.vectorIndex),
    ...rerankerRows(engine.reranker),
    ['spent', spentText(folder)],
    ...budgetRows(engine.spending),
    ['integrity', folder.integrity],
    ['health', healthText(health)],
    ['index', `${formatBytes(sizes.catalogueBytes)} catalogue, ${formatBytes(sizes.vectorBytes)} vectors, ${indexDir}`],
    [
      'cache',
      `${formatNumberOf(engine.cache.entries, 'vector')}, ${formatBytes(engine.cache.bytes)} of ` +
        `${formatBytes(engine.cache.maxBytes)}`,
    ],
    ['memory', `${formatBytes(engine.memory.totalBytes)} live with this index open`],
    ['updated', folder.updatedAt === 0 ? 'never' : new Date(folder.updatedAt).toISOString()],
  ];
  if (engine.provider.profile) rows.push(['profile', profileLine(engine.provider.profile)]);
  if (!folder.leader) rows.push(['busy', 'another process is writing this index']);
  if (folder.error) rows.push(['error', `${folder.error.message} (${folder.error.code})`]);
  return [folder.root, ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`)].join('\n') + '\n';
}
