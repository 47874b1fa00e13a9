import type { IndexingPlan, PlanDirectory, SpendingStatus } from '../../protocol/costs.ts';
import { AppError } from '../../protocol/errors.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatBytes, formatCount, formatDuration, formatNumberOf } from '../format.ts';
import { planJson } from '../json.ts';
import { locateFolder } from '../locations.ts';
import type { GlobalOptions } from '../options.ts';
import { readRemembered } from '../remembered.ts';
import { indexByWords, withStoredOrEmpty } from '../session.ts';
import { printable } from '../terminal.ts';

/**
 * `codeweaver plan <folder>`: what embedding it would take. Sends nothing; a folder that was never indexed is chunked into a
 * throw-away index, one that was is brought up to date by words, as it is remembered, and `--exclude` is what-if.
 */
export async function planCommand(folder: string, json: boolean, context: CommandContext): Promise<ExitCode> {
  const location = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  const { exclude = [], ...options } = context.options;
  await assertPlannable(options, location.indexDir);
  const planning = { ...context, options: options };
  return withStoredOrEmpty(
    planning,
    location,
    async (session) => {
      await indexByWords(session, planning);
      const { engine } = session;
      const plan = await engine.plan({ folderId: location.root, exclude }, context.signal);
      const { spending } = await engine.status(context.signal);
      const text = json
        ? `${JSON.stringify(planJson(location.root, plan, spending), null, 2)}\n`
        : renderPlan(location.root, plan, spending);
      await context.terminal.write(text);
      return exitCodes.ok;
    },
    // It sends nothing.
    false,
  );
}

/** What is in an index is for `index` to decide: a plan must not take files out of it. */
async function assertPlannable({ include, maxFileBytes }: GlobalOptions, indexDir: string): Promise<void> {
  if (include === undefined && maxFileBytes === undefined) return;
  if ((await readRemembered(indexDir)) === undefined) return;
  throw new AppError(
    'InvalidArgument',
    'This folder has an index, and a plan is made of what is in it: only --exclude can be tried. Run "codeweaver index" with the other options first (with --budget-tokens 0, nothing is sent).',
  );
}

function renderPlan(root: string, plan: IndexingPlan, spending: SpendingStatus): string {
  const rows: [string, string][] = [
    ['model', [plan.model, plan.endpoint].filter((part) => part !== '').join(', ')],
    ['files', `${formatCount(plan.files)}${plan.isComplete ? '' : ' (some are not read yet: it will be more)'}`],
    [
      'chunks',
      `${formatCount(plan.chunks)} = ${formatCount(plan.withVector)} with a vector + ${formatCount(plan.cached)} in the cache + ` +
        `${formatCount(plan.repeated)} repeated + ${formatCount(plan.local)} made here + ${formatCount(plan.toSend)} to send`,
    ],
    ...(plan.provider === 'embedded' ? [] : sendingRows(plan, spending)),
  ];
  const lines = [root, ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`)];
  if (plan.provider === 'embedded')
    lines.push('', 'The embedded model runs on this computer: nothing is sent, and it costs nothing.');
  if (plan.directories.length > 0) lines.push('', 'To be sent, by directory:', ...plan.directories.map(directoryLine));
  return `${lines.join('\n')}\n`;
}

function sendingRows(plan: IndexingPlan, { budgetTokens, workspace }: SpendingStatus): [string, string][] {
  return [
    ['tokens', `${formatCount(plan.tokens)} to send, about, in ${formatNumberOf(plan.requests, 'request')}`],
    [
      'price',
      plan.dollars === undefined ? 'unknown' : `about $${plan.dollars.toFixed(plan.dollars < 1 ? 4 : 2)} (list price)`,
    ],
    ['time', timeText(plan.time)],
    ['disk', plan.vectorBytes === undefined ? 'unknown' : `${formatBytes(plan.vectorBytes)} of vectors in the cache`],
    ...(budgetTokens === undefined
      ? []
      : [
          [
            'budget',
            `${formatNumberOf(budgetTokens, 'token')}, ${formatCount(workspace.tokens)} spent: ` +
              (workspace.tokens + plan.tokens <= budgetTokens
                ? 'enough'
                : 'not enough, embedding will stop before it is exceeded'),
          ] as [string, string],
        ]),
  ];
}

function timeText(time: IndexingPlan['time']): string {
  if (time === undefined) return 'unknown ("codeweaver probe" measures the endpoint)';
  const { least, most } = time;
  if (most === undefined) return `${formatDuration(least)} at least, by the rate limits`;
  return least === most ? formatDuration(least) : `${formatDuration(least)} to ${formatDuration(most)}`;
}

function directoryLine({ path, isDirect, chunks, tokens, share }: PlanDirectory): string {
  const name = path === '' ? '.' : path;
  const place = isDirect ? `${name} (files directly in it)` : `${name}/`;
  const percent = `${(share * 100).toFixed(0)} %`.padStart(5);
  return `  ${percent}  ${formatNumberOf(tokens, 'token').padStart(18)}  ${formatNumberOf(chunks, 'chunk').padStart(14)}  ${printable(place)}`;
}
