import * as vscode from 'vscode';
import type { FileChunks, InspectedChunk } from '../protocol/chunks.ts';
import { searchStrings } from '../protocol/viewStrings.ts';
import { formatCount } from './formatCount.ts';
import { sayDetail } from './say.ts';

const { l10n } = vscode;

/** Lines of the embedded text that a hover shows. */
const maxPreviewLines = 30;

/** `function parse`: what the chunk is. */
export function chunkName({ kind, symbol }: InspectedChunk): string {
  const name = l10n.t(searchStrings[`kind_${kind}`]);
  return symbol === '' ? name : `${name} ${symbol}`;
}

export function vectorText({ vector }: InspectedChunk): string {
  switch (vector) {
    case 'embedded':
      return l10n.t('vector');
    case 'pending':
      return l10n.t('waits for its vector');
    case 'failed':
      return l10n.t('could not be embedded');
    case 'none':
      return l10n.t('no vector');
  }
}

export function tokensText(tokens: number): string {
  return l10n.t('{0} tokens', formatCount(tokens));
}

/** `12 chunks, 1,500 tokens`. */
export function chunksText({ chunks }: FileChunks): string {
  const tokens = tokensText(chunks.reduce((sum, chunk) => sum + chunk.tokens, 0));
  return chunks.length === 1 ? l10n.t('1 chunk, {0}', tokens) : l10n.t('{0} chunks, {1}', chunks.length, tokens);
}

/** Everything of a chunk, its embedded text cut after {@link maxPreviewLines} lines. */
export function chunkHover(chunk: InspectedChunk, { language, model }: FileChunks): vscode.MarkdownString {
  const { startLine, endLine, tokens, hash, detail, phrase, embeddedText } = chunk;
  const state =
    detail === undefined
      ? vectorText(chunk)
      : `${vectorText(chunk)}: ${sayDetail({ detail, ...(phrase && { phrase }) })}`;
  const hover = new vscode.MarkdownString();
  hover.appendText(
    [
      chunkName(chunk),
      l10n.t('Lines {0} to {1}, about {2}', startLine, endLine, tokensText(tokens)),
      model === undefined ? state : `${state} (${model})`,
      l10n.t('Hash {0}', hash.slice(0, 16)),
      l10n.t('The model is given:'),
    ].join('\n'),
  );
  const lines = embeddedText.split('\n');
  const shown = lines.length > maxPreviewLines ? [...lines.slice(0, maxPreviewLines), '…'] : lines;
  return hover.appendCodeblock(shown.join('\n'), language);
}
