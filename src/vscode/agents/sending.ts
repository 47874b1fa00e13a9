import * as vscode from 'vscode';
import type { EngineConfig } from '../../protocol/config.ts';
import type { SearchRequest } from '../../protocol/types.ts';
import type { RemotePermission } from '../remotePermission.ts';

const { l10n } = vscode;

/** What one search sends, to whom. */
export interface Sending {
  /** Base URL. */
  readonly endpoint: string;
  /** For the user. */
  readonly what: string;
}

/** What a search would send elsewhere, as settings and permissions are now; empty: nothing leaves this computer. */
export function whatIsSent(
  { embedding, rerank }: Pick<EngineConfig, 'embedding' | 'rerank'>,
  permission: Pick<RemotePermission, 'isNeeded' | 'isGranted' | 'isRerankingGranted'>,
  request: Pick<SearchRequest, 'mode'>,
): readonly Sending[] {
  const embeds = request.mode !== 'lexical' && permission.isNeeded(embedding) && permission.isGranted(embedding);
  const reranks = rerank.enabled && permission.isRerankingGranted(rerank);
  return [
    ...(embeds
      ? [
          {
            endpoint: embedding.baseUrl,
            what: l10n.t(
              'The query is sent to {0} to be turned into a vector; the endpoint may charge for it.',
              embedding.baseUrl,
            ),
          },
        ]
      : []),
    ...(reranks
      ? [
          {
            endpoint: rerank.baseUrl,
            what: l10n.t(
              'The query and the code of up to {0} results are sent to {1}; the endpoint may charge for it.',
              rerank.candidates,
              rerank.baseUrl,
            ),
          },
        ]
      : []),
  ];
}
