import type { CommandContext } from '../context.ts';
import { exitCodes, type ExitCode } from '../exitCodes.ts';
import { formatNumberOf } from '../format.ts';
import { jsonText } from '../jsonText.ts';
import { locateFolder } from '../locations.ts';
import type { SearchOptions } from '../options.ts';
import { askForRanking } from '../quality/askForRanking.ts';
import { evalJson } from '../quality/evalJson.ts';
import { readQuestions, type EvalQuestion } from '../quality/evalQuestion.ts';
import { evalReport, type JudgedQuestion, type UnindexedTarget } from '../quality/evalReport.ts';
import { firstOfEachFile, scoreRanking, type RankingUnit } from '../quality/rankingScore.ts';
import { renderEval } from '../quality/renderEval.ts';
import { groupBy } from '../quality/summary.ts';
import { openQueryInput } from '../queryInput.ts';
import type { Session } from '../session.ts';
import { noteDegraded, searchRequest, withSearchableFolder } from './searchCommand.ts';

/** As in the benchmarks that people compare with. */
const defaultK = 10;

export interface EvalCommandOptions extends Pick<SearchOptions, 'mode' | 'ranking' | 'rerank'> {
  /** Results that are judged. */
  readonly k?: number;
  readonly unit?: RankingUnit;
  readonly json: boolean;
  /** False: the stored index is searched as it is. */
  readonly update: boolean;
}

/** `codeweaver eval <folder> --queries <file>`: how well search answers questions whose answers are known. */
export async function evalCommand(
  folder: string,
  file: string,
  options: EvalCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal } = context;
  const { unit = 'file', k = defaultK } = options;
  const { root } = await locateFolder(folder, context.environment.workingDirectory, context.dataDir);
  const questions = await readQuestions(await openQueryInput(file, context), root, context);
  return withSearchableFolder(folder, options.update, context, async (session, indexed) => {
    if (context.options.progress) terminal.note(`Asking ${formatNumberOf(questions.length, 'question')} …`);
    const judged = await judge(questions, unit, k, options, session, context);
    const report = evalReport(judged, await unindexedTargets(questions, session, context.signal), unit, k);
    await terminal.write(
      options.json
        ? `${jsonText({ folder: root, ranking: options.ranking !== false, ...evalJson(report), index: indexed.json })}\n`
        : renderEval(report, indexed.text, terminal.colours),
    );
    return exitCodes.ok;
  });
}

async function judge(
  questions: readonly EvalQuestion[],
  unit: RankingUnit,
  k: number,
  { mode, ranking, rerank }: EvalCommandOptions,
  session: Session,
  context: CommandContext,
): Promise<JudgedQuestion[]> {
  const judged: JudgedQuestion[] = [];
  let noted = false;
  const depth = { k, files: unit === 'file' ? k : 0 };
  const search: Session['engine']['search'] = async (request, signal) => session.engine.search(request, signal);
  for (const question of questions) {
    const asked = {
      ...(mode && { mode }),
      ...(ranking === undefined ? {} : { ranking }),
      ...(rerank === undefined ? {} : { rerank }),
    };
    const request = searchRequest(session, question.query, asked);
    const { results, response, ms } = await askForRanking(search, request, depth, context.signal);
    noted ||= noteDegraded(response, context);
    judged.push({
      question,
      score: scoreRanking(results, question.targets, unit, k),
      results: (unit === 'file' ? firstOfEachFile(results) : results).slice(0, k),
      mode: response.mode,
      degraded: response.degraded !== undefined,
      searchMs: ms,
    });
  }
  return judged;
}

/** The expected files that are not in the index; a search cannot find them whatever its settings. */
async function unindexedTargets(
  questions: readonly EvalQuestion[],
  { engine, folder }: Session,
  signal: AbortSignal,
): Promise<UnindexedTarget[]> {
  const expected = questions.flatMap(({ line, targets }) => targets.map(({ path }) => ({ line, path })));
  const unindexed: UnindexedTarget[] = [];
  for (const [path, places] of groupBy(expected, (target) => target.path)) {
    const why = await engine.why(folder.root, path, signal);
    if (why.state === 'indexed') continue;
    unindexed.push({ why, lines: [...new Set(places.map(({ line }) => line))] });
  }
  return unindexed;
}
