import { Command } from 'commander';
import { benchEditor } from './editor/editor.ts';
import { benchIndexing } from './indexing/indexing.ts';

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
  .command('editor')
  .description(
    "activation, event-loop delay, search and save latency inside VS Code, on Go's sources or a folder of yours",
  )
  .argument('[folder]', 'folder to measure (a copy of it is used)')
  .action(async (folder: string | undefined) => benchEditor(folder === undefined ? {} : { folder }));

await program.parseAsync();
