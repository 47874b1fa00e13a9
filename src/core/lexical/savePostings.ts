import { toAppError } from '../../protocol/errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { Postings } from './postings.ts';

export interface SavePostingsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Stores the lexical index, so that it is read at once next time. Without it the next start takes longer, nothing else. */
export async function savePostings(
  postings: Pick<Postings, 'saveNext'>,
  { clock, logger, signal }: SavePostingsOptions,
): Promise<void> {
  try {
    while (postings.saveNext()) {
      await clock.yield();
      if (signal.aborted) return;
    }
  } catch (error) {
    const fields = { error: toAppError(error).message };
    logger.log({ level: 'warn', message: 'The lexical index could not be stored', fields });
  }
}
