import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../protocol/errors.ts';
import { addDuplicatesOptions, addEvalOptions, addGlobalOptions, addSearchOptions } from './commandOptions.ts';
import type { ChunksOptions } from './commands/chunksCommand.ts';
import type { DuplicatesOptions } from './commands/duplicatesCommand.ts';
import type { EvalCommandOptions } from './commands/evalCommand.ts';
import type { McpOptions } from './commands/mcpCommand.ts';
import type { SearchCommandOptions } from './commands/searchCommand.ts';
import type { StatusOptions } from './commands/statusCommand.ts';
import type { WhyOptions } from './commands/whyCommand.ts';
import type { ExitCode } from './exitCodes.ts';
import { examples, notes } from './helpTexts.ts';
import type { GlobalOptions } from './options.ts';

/** What the command line can do; each handler is one command, its arguments parsed and checked. */
export interface Handlers {
  index(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
  search(folder: string, query: string, command: SearchCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  batch(folder: string, file: string, command: SearchCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  eval(folder: string, file: string, command: EvalCommandOptions, options: GlobalOptions): Promise<ExitCode>;
  duplicates(folder: string, command: DuplicatesOptions, options: GlobalOptions): Promise<ExitCode>;
  chunks(file: string, command: ChunksOptions, options: GlobalOptions): Promise<ExitCode>;
  status(folder: string, command: StatusOptions, options: GlobalOptions): Promise<ExitCode>;
  files(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
  clear(folder: string, options: GlobalOptions): Promise<ExitCode>;
  why(file: string, command: WhyOptions, options: GlobalOptions): Promise<ExitCode>;
  bench(json: boolean, options: GlobalOptions): Promise<ExitCode>;
  probe(json: boolean, options: GlobalOptions): Promise<ExitCode>;
  mcp(folder: string, command: McpOptions, options: GlobalOptions): Promise<ExitCode>;
  plan(folder: string, json: boolean, options: GlobalOptions): Promise<ExitCode>;
}

/** Options as commander returns them: global ones and the command's own in one object; flags that were not given are absent. */
type Given = Omit<Parsed, 'json' | 'verbose'> & { json?: boolean; verbose?: boolean };
type Parsed = GlobalOptions &
  SearchCommandOptions &
  EvalCommandOptions &
  McpOptions &
  DuplicatesOptions &
  ChunksOptions &
  StatusOptions &
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

  addDuplicatesOptions(
    program
      .command('duplicates')
      .summary('find code that is nearly the same in several places')
      .description(
        'Find near-duplicates: copies of code, also with other names or small changes, in groups, the most repeated ' +
          'lines first. Brings the index up to date first; asks no endpoint about it.',
      )
      .argument('[folder]', 'the folder to look through', '.'),
  ).action(run((parsed, folder = '') => handlers.duplicates(folder, parsed, parsed)));

  program
    .command('chunks')
    .summary('show how a file is cut into chunks')
    .description('Show the chunks of a file: lines, what they are, tokens, whether they have a vector.')
    .argument('<file>', 'the file in question')
    .option('--folder <folder>', 'the folder it is indexed with (default: the nearest indexed one above it)')
    .option('--no-update', 'the stored index as it is')
    .option('--json', 'print one JSON object, with the text that the model is given')
    .action(run((parsed, file = '') => handlers.chunks(file, parsed, parsed)));

  program
    .command('status')
    .summary('print what an index holds, what it cost and whether it is whole')
    .description(
      'Print what the index of a folder holds: files by state, chunks, vectors, requests and tokens spent, integrity, sizes.',
    )
    .argument('[folder]', 'the indexed folder', '.')
    .option('--json', 'print one JSON object')
    .option(
      '--check-recall',
      'first compare some answers of the vector index with those of comparing all vectors (goal: 0.95)',
    )
    .action(run((parsed, folder = '') => handlers.status(folder, parsed, parsed)));

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
    .command('bench')
    .summary('measure how fast it is on this machine, beside its targets')
    .description(
      'Measure how fast CodeWeaver is on this machine: chunking, embedding, indexing, searching, an edit until it is found, ' +
        '1,000 to 100,000 vectors, a graph, requests under a limit. Offline, some fifteen seconds; beside its targets, the ' +
        'run before and a baseline that ships.',
    )
    .option('--json', 'print one JSON object')
    .action(run(async (parsed) => handlers.bench(parsed.json, parsed)));

  program
    .command('probe')
    .summary('learn what an embedding endpoint accepts, and keep to it')
    .description(
      'Learn what an endpoint does with a model: size of the vectors, base64, largest batch, longest input and whether it ' +
        'is cut silently, order, rate limits, latency. Some 10 to 30 requests of made-up words; what is found is stored ' +
        'as the profile of the endpoint, which every command keeps to.',
    )
    .option('--json', 'print one JSON object')
    .action(run(async (parsed) => handlers.probe(parsed.json, parsed)));

  program
    .command('mcp')
    .summary('serve the index of a folder to an agent, by the Model Context Protocol')
    .description(
      'Serve the index of a folder to an agent by the Model Context Protocol, on stdin and stdout: tools to search, to find ' +
        'similar code and to ask for the state of the index. They only read, and only this folder. Brings the index up to date ' +
        'first and before questions.',
    )
    .argument('<folder>', 'the folder to serve')
    .option('--no-update', 'serve the stored index as it is')
    .action(run(async (parsed, folder = '') => handlers.mcp(folder, parsed, parsed)));

  program
    .command('plan')
    .summary('say what embedding a folder would send, take and cost')
    .description(
      'Say what embedding a folder through the provider would take, without sending anything: chunks that have a vector, ' +
        'are in the cache or would be sent, tokens, list price, time, and the directories that make up most of it. ' +
        '--exclude says what it would be without some; nothing that is given here is remembered.',
    )
    .argument('[folder]', 'the folder to plan for', '.')
    .option('--json', 'print one JSON object')
    .action(run((parsed, folder = '') => handlers.plan(folder, parsed.json, parsed)));

  program
    .command('clear')
    .summary('remove the index of a folder')
    .description('Remove the index of a folder. The embedding cache stays, so indexing again costs no requests.')
    .argument('[folder]', 'the indexed folder', '.')
    .action(run((parsed, folder = '') => handlers.clear(folder, parsed)));

  return program;
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
