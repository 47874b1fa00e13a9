import type { IndexReport } from '../protocol/types.ts';
import type { Terminal } from './terminal.ts';

/** Says that embedding stopped and why, and where keys come from here when a key is what is wrong. */
export function noteEmbeddingError({ code, message }: NonNullable<IndexReport['error']>, terminal: Terminal): void {
  terminal.note(`Embedding is not complete. ${message} (${code})`);
  if (code === 'ProviderAuth') {
    terminal.note('The command line takes the key from the environment: CODEWEAVER_API_KEY or OPENAI_API_KEY.');
  }
}
