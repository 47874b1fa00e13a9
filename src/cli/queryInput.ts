import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { AppError, throwIfAborted } from '../protocol/errors.ts';
import type { CommandContext } from './context.ts';

/** Opens a query file; `-` is stdin. Done before anything is indexed: a wrong file name should not cost minutes. */
export async function openQueryInput(file: string, { environment }: CommandContext): Promise<Readable> {
  if (file === '-') return environment.stdin;
  const path = resolve(environment.workingDirectory, file);
  const stream = createReadStream(path);
  try {
    await new Promise((opened, failed) => {
      stream.once('open', opened).once('error', failed);
    });
  } catch (error) {
    throw new AppError('NotFound', `The query file ${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return stream;
}

export interface NumberedLine {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

/** The lines that are not empty. */
export async function* queryLines(input: Readable, signal: AbortSignal): AsyncGenerator<NumberedLine> {
  const lines = createInterface({ input, crlfDelay: Infinity, signal });
  let number = 0;
  try {
    for await (const text of lines) {
      number++;
      if (text.trim() !== '') yield { text, number };
    }
    // An aborted interface ends like one whose input has ended.
    throwIfAborted(signal);
  } finally {
    lines.close();
    input.destroy();
  }
}
