import { stat } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { AppError } from '../../protocol/errors.ts';
import type { CommandContext } from '../context.ts';
import { parseJsonLine, readQuery } from '../jsonLine.ts';
import { relativeWithin } from '../locations.ts';
import { queryLines } from '../queryInput.ts';
import type { Target } from './rankingScore.ts';

/** One line of a file of questions whose answers are known. */
export interface EvalQuestion {
  /** 1-based number of the line. */
  readonly line: number;
  /** As it was given, whatever JSON it is; null when it was not. */
  readonly id: unknown;
  readonly query: string;
  readonly category?: string;
  /** At least one. */
  readonly targets: readonly Target[];
}

/** Lines of a bad file that are named; the rest is counted. */
const namedProblems = 10;

/**
 * Reads all questions and looks whether what they expect is there. Throws one AppError for the whole file, naming its bad
 * lines: `InvalidArgument`, or `NotFound` when nothing is wrong but files that do not exist.
 */
export async function readQuestions(input: Readable, root: string, context: CommandContext): Promise<EvalQuestion[]> {
  const questions: EvalQuestion[] = [];
  const problems: string[] = [];
  let malformed = 0;
  for await (const { text, number } of queryLines(input, context.signal)) {
    try {
      const question = parseQuestion(text, number, root, context.environment.platform);
      questions.push(question);
      const missing = await missingTargets(question, root);
      if (missing.length > 0) problems.push(`line ${number}: there is no file ${missing.join(', ')}`);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      malformed++;
      problems.push(`line ${number}: ${error.message}`);
    }
  }
  if (problems.length > 0) {
    const named = problems.slice(0, namedProblems).map((problem) => `\n  ${problem}`);
    const rest = problems.length > namedProblems ? `\n  and ${problems.length - namedProblems} more` : '';
    const count = problems.length === 1 ? 'A line' : `${problems.length} lines`;
    throw new AppError(
      malformed > 0 ? 'InvalidArgument' : 'NotFound',
      `${count} of the questions cannot be used. Paths are relative to ${root}.${named.join('')}${rest}`,
    );
  }
  if (questions.length === 0) throw new AppError('InvalidArgument', 'The query file has no questions.');
  return questions;
}

/** Throws TypeError with what is wrong. */
function parseQuestion(line: string, number: number, root: string, platform: NodeJS.Platform): EvalQuestion {
  const fields = parseJsonLine(line, '{"query": "where are uploads retried", "expected": ["src/upload.ts"]}');
  const query = readQuery(fields['query']);
  const { id = null, category, expected } = fields;
  if (category !== undefined && category !== null && typeof category !== 'string') {
    throw new TypeError('"category" must be a text');
  }
  if (!Array.isArray(expected) || expected.length === 0) {
    throw new TypeError('"expected" must be an array of at least one path or {"path", "startLine", "endLine"}');
  }
  const targets = expected.map((item: unknown) => readTarget(item, root, platform));
  return { line: number, id, query, ...(category ? { category } : {}), targets };
}

function readTarget(item: unknown, root: string, platform: NodeJS.Platform): Target {
  if (typeof item === 'string') return { path: readPath(item, root, platform) };
  if (typeof item !== 'object' || item === null)
    throw new TypeError('"expected" must hold paths or objects with "path"');
  const { path: given, startLine, endLine } = item as Readonly<Record<string, unknown>>;
  const path = readPath(given, root, platform);
  if (startLine === undefined && endLine === undefined) return { path };
  const [start, end] = [startLine ?? endLine, endLine ?? startLine];
  if (!isLine(start) || !isLine(end) || end < start) {
    throw new TypeError(`"startLine" and "endLine" of ${path} must be whole numbers from 1, in order`);
  }
  return { path, startLine: start, endLine: end };
}

function isLine(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

/** The path as results have it: relative to the folder, forward slashes, nothing to resolve. */
function readPath(value: unknown, root: string, platform: NodeJS.Platform): string {
  if (typeof value !== 'string' || value === '') throw new TypeError('a path in "expected" must be a text');
  if (isAbsolute(value)) {
    const inside = relativeWithin(root, value, platform);
    if (inside === undefined) throw new TypeError(`${value} is not inside the folder`);
    return inside;
  }
  const path = posix.normalize(platform === 'win32' ? value.replaceAll('\\', '/') : value);
  if (path === '.' || path === '..' || path.startsWith('../')) throw new TypeError(`${value} is not inside the folder`);
  return path;
}

async function missingTargets({ targets }: EvalQuestion, root: string): Promise<string[]> {
  const missing: string[] = [];
  for (const { path } of targets) {
    const found = await stat(join(root, path)).catch(() => undefined);
    if (found?.isFile() !== true) missing.push(path);
  }
  return missing;
}
