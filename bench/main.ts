import { Command } from 'commander';
import { writeBaseline } from './baseline/baseline.ts';
import { benchEditor } from './editor/editor.ts';
import { benchKeystrokes } from './editor/keystrokes.ts';
import { benchEmbed } from './embed/embed.ts';
import { benchIndexing } from './indexing/indexing.ts';
import { benchMemory, type MemoryOptions } from './memory/memory.ts';
import { writeCandidates, type CandidatesOptions } from './quality/candidates.ts';
import { benchQuality, type QualityOptions } from './quality/quality.ts';
import { defaultArguments, type VectorArguments } from './vector/options.ts';
import { benchVector } from './vector/vector.ts';

/** `npm run bench -- <benchmark>`: each writes a table and JSON to bench/results and prints the table. */
const program = new Command('bench').description('Measurements of CodeWeaver Search on this machine.');

program
  .command('index')
  .description("indexing throughput, search latency and memory, on Go's sources or a folder of yours")
  .argument('[folder]', 'folder to measure (a copy of it is used)')
  .option('--rounds <n>', 'rounds; medians are reported', Number, 3)
  .action(async (folder: string | undefined, { rounds }: { rounds: number }) => {
    await benchIndexing({ rounds, ...(folder === undefined ? {} : { folder }) });
  });

program
  .command('embed')
  .description("the embedded model: loading, chunks per second, queries, memory, on Go's sources or a folder of yours")
  .argument('[folder]', 'folder whose chunks are embedded')
  .option('--rounds <n>', 'rounds; medians are reported', Number, 3)
  .action(async (folder: string | undefined, { rounds }: { rounds: number }) => {
    await benchEmbed({ rounds, ...(folder === undefined ? {} : { folder }) });
  });

program
  .command('quality')
  .description('nDCG@10, MRR and recall@10 on questions about public repositories, beside the figures others published')
  .option('--data <dir>', 'the development set (default: .cache/quality/semble-dev)')
  .option('--repos <names>', 'repositories, with commas (default: all)')
  .option('--fetch', 'bring missing sources first, with git')
  .option('--json <file>', 'write the figures there instead of to bench/results')
  .option('--results <file>', 'write what was found there as well, one JSON line a question, for other scorers')
  .action(async (given: QualityOptions) => benchQuality(given));

program
  .command('memory')
  .description('peak memory of indexing generated repositories of several sizes through a slow endpoint')
  .option('--megabytes <sizes>', 'sizes, with commas', '50,200,2000')
  .option('--latency-ms <n>', 'of each answer of the endpoint', Number, 500)
  .option('--dimensions <n>', 'of its vectors', Number, 256)
  .action(async (given: MemoryOptions) => benchMemory(given));

program
  .command('editor')
  .description(
    "activation, event-loop delay, search and save latency inside VS Code, on Go's sources or a folder of yours",
  )
  .argument('[folder]', 'folder to measure (a copy of it is used)')
  .action(async (folder: string | undefined) => benchEditor(folder === undefined ? {} : { folder }));

program
  .command('keystrokes')
  .description("from a key in the search view to painted results, in VS Code, on Go's sources or a folder of yours")
  .argument('[folder]', 'folder to open (a copy of it is used)')
  .action(async (folder: string | undefined) => benchKeystrokes(folder === undefined ? {} : { folder }));

program
  .command('baseline')
  .description('measures what "codeweaver bench" is compared with, and writes src/util/benchmarkBaseline.json')
  .option('--rounds <n>', 'runs; of each figure the median is kept', Number, 3)
  .option('--note <text>', 'what else a reader should know of the machine', '')
  .action(async (given: { rounds: number; note: string }) => writeBaseline(given));

program
  .command('candidates')
  .description('what the ranking stage sees of the development set, for training/ranking/fit.py')
  .argument('<file>', 'where to write it, a JSON line for each question')
  .option('--data <dir>', 'the development set (default: .cache/quality/semble-dev)')
  .option('--queries <file>', 'other questions about the same repositories')
  .option('--mode <mode>', 'how they are found: hybrid, lexical or semantic', 'hybrid')
  .action(async (file: string, given: CandidatesOptions) => writeCandidates(file, given));

program
  .command('vector')
  .description(
    'vector indexes side by side: building, searches, filters, changes, files, memory; recall against exact hits',
  )
  .option('--json <file>', 'write the result there instead of to bench/results')
  .option('--n <counts>', 'rows; several with commas', defaultArguments.n)
  .option('--dim <n>', 'dimensions', defaultArguments.dim)
  .option('--data <kinds>', 'text (of the dependencies), clustered (drawn), or both', defaultArguments.data)
  .option('--rounds <n>', 'rounds of searches', defaultArguments.rounds)
  .option('--queries <n>', 'queries per round', defaultArguments.queries)
  .option('--engines <names>', 'engines, with commas; all')
  .option(
    '--threads <n>',
    'threads that an engine may use, where it can; 0: as many as it does by itself',
    defaultArguments.threads,
  )
  .option('--sections <names>', 'what to measure besides building and searching', defaultArguments.sections)
  .option('--cap-seconds <n>', 'time per engine for replacing, and for churning', defaultArguments.capSeconds)
  .action(async (given: VectorArguments) => benchVector(given));

await program.parseAsync();
