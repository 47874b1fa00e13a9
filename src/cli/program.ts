import { Command, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../protocol/errors.ts';
import { chunkKinds, searchModes } from '../protocol/types.ts';
import type { EvalCommandOptions } from './commands/evalCommand.ts';
import type { SearchCommandOptions } from './commands/searchCommand.ts';
import type { WhyOptions } from './commands/whyCommand.ts';
import type { ExitCode } from './exitCodes.ts';
import { examples, notes } from './helpTexts.ts';
import { maxResults, providerIds, type GlobalOptions } from './options.ts';
import { rankingUnits } from './quality/rankingScore.ts';

/** What the command line can do; each handler is one command, its arguments parsed and checked. */
export interface Handlers {
  index(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
  search(folder: string, query: string, command: SearchCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  batch(folder: string, file: string, command: SearchCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  eval(folder: string, file: string, command: EvalCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  status(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
  files(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
  clear(folder: string, options: GlobalOptions): Promise<ExitCode>;
  why(file: string, command: WhyOptions, options: GlobalOptions): Promise<ExitCode>;
}

/** Options as commander returns them: global ones and the command's own in one object; flags that were not given are absent. */
type Given = Omit<Parsed, 'json' | 'verbose'> & { json?: boolean; verbose?: boolean };
type Parsed = GlobalOptions &
  SearchCommandOptions &
  EvalCommandOptions &
  WhyOptions & { queries?: string; apiKey?: string | true };

/** The command line's grammar. The exit code of the command that ran is handed to `done`. */
export function createProgram(handlers: Handlers, done: (code: ExitCode) => void): Command {
  const program = new Command('codeweaver')
    .description('Find code by meaning: indexes a folder on this machine and answers questions about its code.')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or the help of a command')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .showHelpAfterError('(run with --help for the options and examples)')
    .addHelpText('after', `\n${examples}\n\n${notes}`);
  addGlobalOptions(program);

  const run =
    (body: (parsed: Parsed, ...args: string[]) => Promise<ExitCode>) =>
    async (...args: unknown[]): Promise<void> => {
      const command = args.pop() as Command;
      const parsed = { json: false, verbose: false, ...command.optsWithGlobals<Given>() };
      if (parsed.apiKey !== undefined) throw keyAsArgument();
      done(await body(parsed, ...(args.slice(0, -1) as string[])));
    };

  program
    .command('index')
    .summary('bring the index of a folder up to date')
    .description('Bring the index of a folder up to date. What is unchanged costs nothing; an interrupted run goes on.')
    .argument('<folder>', 'the folder to index')
    .option('--json', 'print what was done as one JSON object')
    .action(run((parsed, folder = '') => handlers.index(folder, parsed.json, parsed)));

  addSearchOptions(
    program
      .command('search')
      .summary('find code by meaning (indexes first when needed)')
      .description('Find code by meaning. Brings the index up to date first: the whole folder once, then only changes.')
      .argument('<folder>', 'the folder to search')
      .argument('[query]', 'what you are looking for, in words or as an identifier'),
  ).action(
    run((parsed, folder = '', query) => {
      if (parsed.queries === undefined) {
        if (query === undefined || query.trim() === '')
          throw usage('Say what to look for: a query, or --queries FILE.');
        return handlers.search(folder, query, parsed, parsed);
      }
      if (query !== undefined) throw usage('Give a query or --queries FILE, not both.');
      return handlers.batch(folder, parsed.queries, parsed, parsed);
    }),
  );

  addEvalOptions(
    program
      .command('eval')
      .summary('measure how well search answers your own questions')
      .description(
        'Measure how well search answers questions whose answers you know: nDCG, MRR, recall and hit rate with 95 % ' +
          'confidence intervals, latency, the worst questions. Compares providers, models and settings on your own code.',
      )
      .argument('<folder>', 'the folder to search'),
  ).action(run((parsed, folder = '') => handlers.eval(folder, parsed.queries ?? '', parsed, parsed)));

  program
    .command('status')
    .summary('print what an index holds, what it cost and whether it is whole')
    .description(
      'Print what the index of a folder holds: files by state, chunks, vectors, requests and tokens spent, integrity, sizes.',
    )
    .argument('[folder]', 'the indexed folder', '.')
    .option('--json', 'print one JSON object')
    .action(run((parsed, folder = '') => handlers.status(folder, parsed.json, parsed)));

  program
    .command('files')
    .summary('list every discovered file with its state and reason')
    .description('List every discovered file: indexed, pending, failed or skipped, and why.')
    .argument('<folder>', 'the indexed folder')
    .option('--json', 'print a JSON array')
    .action(run((parsed, folder = '') => handlers.files(folder, parsed.json, parsed)));

  program
    .command('why')
    .summary('say whether a file is indexed, and if not, which rule keeps it out')
    .description('Say whether a file is indexed, and if not, which rule in which file and line keeps it out.')
    .argument('<file>', 'the file in question')
    .option('--folder <folder>', 'the folder it is indexed with (default: the nearest indexed one above it)')
    .option('--json', 'print one JSON object')
    .action(run((parsed, file = '') => handlers.why(file, parsed, parsed)));

  program
    .command('clear')
    .summary('remove the index of a folder')
    .description('Remove the index of a folder. The embedding cache stays, so indexing again costs no requests.')
    .argument('[folder]', 'the indexed folder', '.')
    .action(run((parsed, folder = '') => handlers.clear(folder, parsed)));

  return program;
}

function addGlobalOptions(program: Command): void {
  program
    .optionsGroup('General options:')
    .option('--index-dir <dir>', "where indexes and the embedding cache are kept (default: the user's cache directory)")
    .option('--no-progress', 'do not show progress on stderr')
    .option('--verbose', "print the engine's log on stderr")
    .optionsGroup('What is indexed (remembered with the index):')
    .option('--include <glob>', 'index only matching files (repeatable)', collect)
    .option('--exclude <glob>', 'never index matching files (repeatable)', collect)
    .option('--max-file-bytes <n>', 'skip larger files (default: 1048576)', count(1))
    .optionsGroup('Embedding provider (remembered with the index; the key comes from the environment):')
    .addOption(
      new Option(
        '--provider <id>',
        '"embedded" is the model that comes along; "openai" is any compatible endpoint',
      ).choices(providerIds),
    )
    .option('--base-url <url>', 'endpoint (default: https://api.openai.com/v1)', url)
    .option('--model <name>', 'embedding model (default: text-embedding-3-small)')
    .option(
      '--dimensions <n>',
      "size of the vectors, where the model can be asked (default: the model's own)",
      count(1),
    )
    .option('--query-prefix <text>', 'put before each query (models such as e5 and nomic ask for it)')
    .option('--document-prefix <text>', 'put before each chunk')
    .option('--max-batch-inputs <n>', 'texts in one request at most (default: 100)', count(1))
    .option('--max-input-tokens <n>', 'tokens in one text at most (default: 8191)', count(1))
    .option('--concurrency <n>', 'requests at a time at most (default: 8)', count(1))
    .option('--requests-per-minute <n>', 'budget, until the endpoint says its own', count(1))
    .option('--tokens-per-minute <n>', 'budget, until the endpoint says its own', count(1))
    .option('--timeout-ms <n>', 'time one request may take (default: 60000)', count(1))
    .option(
      '--max-retries <n>',
      'how often a request that failed for a passing reason is sent again (default: 6)',
      count(0),
    )
    .addOption(new Option('--api-key [key]').hideHelp());
}

function addSearchOptions(command: Command): Command {
  return command
    .option('-k <n>', `number of results, 1 to ${maxResults} (default: 20)`, count(1, maxResults))
    .option('--json', 'print one JSON object')
    .option('--path <glob>', 'only files that match (repeatable)', collect)
    .option('--language <id>', 'only this language, e.g. typescript (repeatable)', collect)
    .addOption(new Option('--kind <kind>', 'only this kind of code (repeatable)').choices(chunkKinds).argParser(kind))
    .addOption(modeOption())
    .option('--no-ranking', noRankingText)
    .option('--queries <file>', 'answer each line {"id","query"} of a JSONL file ("-": stdin) with one JSON line')
    .option('--no-update', 'search the stored index as it is');
}

function addEvalOptions(command: Command): Command {
  return command
    .requiredOption(
      '--queries <file>',
      'JSONL ("-": stdin), lines {"query", "expected": ["src/a.ts", {"path", "startLine", "endLine"}], "id"?, "category"?}',
    )
    .option('-k, --k <n>', `results that count, 1 to ${maxResults} (default: 10)`, count(1, maxResults))
    .addOption(
      new Option(
        '--unit <unit>',
        'what results are: files (the first of each), or chunks, which must overlap expected lines (default: file)',
      ).choices(rankingUnits),
    )
    .addOption(modeOption())
    .option('--no-ranking', noRankingText)
    .option('--no-update', 'search the stored index as it is')
    .option('--json', 'print one JSON object, with every question');
}

const noRankingText = 'the retrievers as they are, without the ranking stage';

function modeOption(): Option {
  return new Option('--mode <mode>', 'how to search (default: hybrid)').choices(searchModes);
}

/** Repeatable option. An empty text empties the list: it takes back what the index remembers. */
function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return value === '' ? [] : [...(earlier ?? []), value];
}

function kind(value: string, earlier: readonly string[] | undefined): readonly string[] {
  if (!(chunkKinds as readonly string[]).includes(value)) {
    throw new InvalidArgumentError(`Allowed choices are ${chunkKinds.join(', ')}.`);
  }
  return collect(value, earlier);
}

function count(min: number, max: number = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) {
      const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return number;
  };
}

function url(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new InvalidArgumentError('It must be an http or https URL.');
  if (parsed.username || parsed.password) {
    throw new InvalidArgumentError('Keys do not belong in URLs: set OPENAI_API_KEY or CODEWEAVER_API_KEY.');
  }
  return value.replace(/\/+$/, '');
}

function keyAsArgument(): AppError {
  return usage(
    'A key on the command line can be read by every user of this machine and stays in the history of the shell. ' +
      'Set the environment variable OPENAI_API_KEY or CODEWEAVER_API_KEY instead.',
  );
}

function usage(message: string): AppError {
  return new AppError('InvalidArgument', message);
}
