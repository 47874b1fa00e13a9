import { z } from 'zod';
import { chunkKinds, searchModes, testScopes } from '../../protocol/types.ts';

/** Tokens of an answer at most, unless the agent says otherwise: some ten functions with their code. */
const defaultMaxTokens = 4_000;
/** Below this hardly a place fits beside what has to be said. */
const leastMaxTokens = 200;
const mostMaxTokens = 50_000;
/** More is a list to scroll through, not an answer. */
const mostResults = 100;
const defaultResults = 10;
/** Longer questions are pasted files. UTF-16 units. */
const maxQueryLength = 10_000;

const k = z
  .number()
  .int()
  .min(1)
  .max(mostResults)
  .default(defaultResults)
  .describe(`How many results at most, 1 to ${mostResults}. Default ${defaultResults}.`);

const maxTokens = z
  .number()
  .int()
  .min(leastMaxTokens)
  .max(mostMaxTokens)
  .default(defaultMaxTokens)
  .describe(
    `Budget of the answer in tokens (estimated), ${leastMaxTokens} to ${mostMaxTokens}. Default ${defaultMaxTokens}. ` +
      'Never exceeded: code of lower results is shortened first, then results are left out.',
  );

const texts = z.array(z.string().min(1)).optional();

const paths = texts.describe(
  'Only files whose path, relative to the folder, matches one of these globs, e.g. ["src/**", "*.py"]. ' +
    'A directory name matches everything in it.',
);

const excludePaths = texts.describe(
  'Leaves out files whose path matches one of these globs, e.g. ["vendor", "**/*.gen.go"].',
);

const tests = z
  .enum(testScopes)
  .optional()
  .describe('"exclude": no code of tests. "only": nothing else. By default both.');

export const searchInput = z.object({
  query: z
    .string()
    .trim()
    .min(1)
    .max(maxQueryLength)
    .describe('What the code does, in plain words ("where are retries delayed"), or a name. Not a regular expression.'),
  k,
  mode: z
    .enum(searchModes)
    .optional()
    .describe('"hybrid" (default): words and meaning together. "lexical": words only. "semantic": meaning only.'),
  paths,
  excludePaths,
  languages: texts.describe('Only these languages, by their VS Code ids, e.g. ["typescript", "python"].'),
  kinds: z.array(z.enum(chunkKinds)).optional().describe('Only these kinds of code.'),
  tests,
  maxTokens,
});

export const similarInput = z.object({
  path: z.string().min(1).describe('A file of the folder: relative to it, or absolute.'),
  line: z.number().int().min(1).describe('1-based line inside the code to compare with.'),
  k,
  paths,
  excludePaths,
  tests,
  maxTokens,
});

const result = z.object({
  path: z.string().describe('Relative to the folder, forward slashes.'),
  startLine: z.number().int().describe('1-based, inclusive.'),
  endLine: z.number().int(),
  symbol: z.string().describe('Qualified name; empty for a block without one.'),
  kind: z.enum(chunkKinds),
  language: z.string(),
  score: z.number().describe('0 to 1; how likely this is what was asked for.'),
  code: z.string().describe('The first lines; shortened or empty where the budget asked for it.'),
});

export const searchOutput = z.object({
  results: z.array(result).describe('Best first.'),
  omitted: z.number().int().describe('Results that were left out for lack of room.'),
  mode: z.enum(searchModes).describe('The mode that was really used.'),
  notes: z.array(z.string()).describe('What is known to be missing or stale.'),
});

export const statusOutput = z.object({
  folder: z.string(),
  state: z
    .enum(['ready', 'indexing', 'incomplete', 'empty'])
    .describe('"ready": all files are indexed. "incomplete": some are pending or failed. "empty": never indexed.'),
  files: z.object({
    discovered: z.number().int(),
    indexed: z.number().int(),
    pending: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
  }),
  chunks: z.number().int(),
  vectors: z.number().int(),
  model: z.string().nullable().describe('The embedding model; null: search by words only.'),
  updatedAt: z.string().nullable().describe('ISO 8601; null: never.'),
  progress: z
    .object({ phase: z.string(), done: z.number(), total: z.number() })
    .nullable()
    .describe('What is being done at this moment.'),
  notes: z.array(z.string()),
});
