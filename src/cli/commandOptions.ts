import { leastMemory } from '../protocol/config.ts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ProfileKind } from '../protocol/engineApi.ts';
import { chunkKinds, searchModes, testScopes } from '../protocol/types.ts';
import { profileExtensions } from '../util/profileFileName.ts';
import { metricsFormat } from './metrics/metricsText.ts';
import { maxResults, providerIds } from './options.ts';
import { rankingUnits } from './quality/rankingScore.ts';

/** What every command takes. */
export function addGlobalOptions(program: Command): void {
  program
    .optionsGroup('General options:')
    .option('--index-dir <dir>', "where indexes and the embedding cache are kept (default: the user's cache directory)")
    .option('--no-progress', 'do not show progress on stderr')
    .option('--verbose', "print the engine's log on stderr")
    .option(
      '--metrics <file>',
      "write the engine's metrics at the end: .prom or .txt (Prometheus), .json (OTLP)",
      metricsFile,
    )
    .option(
      '--cpu-prof [file]',
      'record a CPU profile of the command (default: codeweaver-<time>.cpuprofile)',
      profile('cpu'),
    )
    .option(
      '--heap-prof [file]',
      'record a heap profile of the command (default: codeweaver-<time>.heapprofile)',
      profile('heap'),
    )
    .optionsGroup('What is indexed (remembered with the index):')
    .option('--include <glob>', 'index only matching files (repeatable)', collect)
    .option('--exclude <glob>', 'never index matching files (repeatable)', collect)
    .option('--max-file-bytes <n>', 'skip larger files (default: 1048576)', count(1))
    .option(
      '--memory-soft-limit <bytes>',
      'work in smaller steps when more than this passes through the engine (default: 419430400)',
      count(leastMemory.soft),
    )
    .option(
      '--memory-limit <bytes>',
      'stop when the engine holds more, its indexes included; the next run goes on (default: 2147483648)',
      count(leastMemory.critical),
    )
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
    .option('--concurrency <n>', 'requests at a time at most (default: 20)', count(1))
    .option('--requests-per-minute <n>', 'budget, until the endpoint says its own', count(1))
    .option('--tokens-per-minute <n>', 'budget, until the endpoint says its own', count(1))
    .option('--timeout-ms <n>', 'time one request may take (default: 60000)', count(1))
    .option(
      '--max-retries <n>',
      'how often a request that failed for a passing reason is sent again (default: 6)',
      count(0),
    )
    .option(
      '--budget-tokens <n>',
      'tokens that may ever be sent for this folder; 0 sends nothing (default: no budget)',
      count(0),
    )
    .optionsGroup('Reranking (remembered with the index; the key comes from the environment):')
    .option(
      '--rerank-url <url>',
      'have the best results reranked by an endpoint with the call /rerank (default: none; "" takes it back)',
      urlOrNone,
    )
    .option('--rerank-model <name>', 'reranking model (default: the one the server has loaded)')
    .option('--rerank-candidates <n>', 'results that are reranked at most (default: 50)', count(1, 300))
    .option('--rerank-weight <x>', "the reranker's share of a score, 0 to 1 (default: 0.7)", fraction)
    .addOption(new Option('--api-key [key]').hideHelp());
}

export function addSearchOptions(command: Command): Command {
  command
    .option('-k <n>', `number of results, 1 to ${maxResults} (default: 20)`, count(1, maxResults))
    .option('--json', 'print one JSON object');
  return addFilterOptions(command)
    .addOption(modeOption())
    .option('--no-ranking', noRankingText)
    .option('--no-rerank', noRerankText)
    .option('--queries <file>', 'answer each line {"id","query"} of a JSONL file ("-": stdin) with one JSON line')
    .option('--no-update', 'search the stored index as it is');
}

/** What of the folder is looked at. */
function addFilterOptions(command: Command): Command {
  return command
    .option('--path <glob>', 'only files that match (repeatable)', collect)
    .option('--language <id>', 'only this language, e.g. typescript or ts (repeatable)', collect)
    .addOption(new Option('--kind <kind>', 'only this kind of code (repeatable)').choices(chunkKinds).argParser(kind))
    .option('--exclude-path <glob>', 'no files that match (repeatable)', collect)
    .option('--exclude-language <id>', 'not this language (repeatable)', collect)
    .addOption(
      new Option('--exclude-kind <kind>', 'not this kind of code (repeatable)').choices(chunkKinds).argParser(kind),
    )
    .addOption(new Option('--tests <which>', '"only" tests, or "exclude" them').choices(testScopes));
}

export function addDuplicatesOptions(command: Command): Command {
  return addFilterOptions(command)
    .option('--min-lines <n>', 'only chunks of as many lines (default: 8)', count(1, 1_000))
    .option('--threshold <x>', 'how much alike they have to be, 0.5 to 1 (default: 0.8)', likeness)
    .option('--groups <n>', 'groups to print at most (default: 200)', count(1, 10_000))
    .option('--json', 'print one JSON object')
    .option('--no-update', 'compare the stored index as it is');
}

export function addEvalOptions(command: Command): Command {
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
    .option('--no-rerank', noRerankText)
    .option('--no-update', 'search the stored index as it is')
    .option('--json', 'print one JSON object, with every question');
}

const noRankingText = 'the retrievers as they are, without the ranking stage';
const noRerankText = 'without the reranker, where there is one';

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

/** The ending tells a file from the argument that happens to follow an option without one. */
function profile(kind: ProfileKind): (value: string) => string {
  return (value) => {
    const extension = profileExtensions[kind];
    if (value.endsWith(extension)) return value;
    throw new InvalidArgumentError(`The file must end with ${extension}; without a file, put the option last.`);
  };
}

function metricsFile(value: string): string {
  if (metricsFormat(value) !== undefined) return value;
  throw new InvalidArgumentError('The file must end with .prom or .txt (Prometheus) or .json (OpenTelemetry).');
}

function fraction(value: string): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return number;
}

function likeness(value: string): number {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= 0.5 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0.5 to 1.');
  return number;
}

function urlOrNone(value: string): string {
  return value === '' ? '' : url(value);
}

function url(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new InvalidArgumentError('It must be an http or https URL.');
  if (parsed.username || parsed.password) {
    throw new InvalidArgumentError(
      'Keys do not belong in URLs: set OPENAI_API_KEY, CODEWEAVER_API_KEY or CODEWEAVER_RERANK_API_KEY.',
    );
  }
  return value.replace(/\/+$/, '');
}
