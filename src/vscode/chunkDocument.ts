import * as vscode from 'vscode';
import type { InspectedChunk } from '../protocol/chunks.ts';
import type { EngineApi } from '../protocol/engineApi.ts';
import type { RelativePath } from '../protocol/types.ts';
import { fileName } from '../util/fileName.ts';

/** Documents that are a chunk's text as the model is given it: read only, so that closing one asks nothing. */
const scheme = 'codeweaver-chunk';

interface ChunkPlace {
  readonly folderId: string;
  readonly path: RelativePath;
  readonly chunkId: number;
}

export interface ChunkDocumentsOptions {
  readonly engine: Pick<EngineApi, 'chunks'>;
  /** Resolves when the engine has its configuration and folders. */
  readonly start: () => Promise<void>;
}

/** Provides the documents that {@link showChunkDocument} opens; of a chunk that is gone, an empty one. */
export function registerChunkDocuments({ engine, start }: ChunkDocumentsOptions): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: async ({ query }) => {
      const { folderId, path, chunkId } = JSON.parse(query) as ChunkPlace;
      await start();
      const { chunks } = await engine.chunks(folderId, path);
      return chunks.find((chunk) => chunk.chunkId === chunkId)?.embeddedText ?? '';
    },
  });
}

export async function showChunkDocument(folderId: string, path: RelativePath, chunk: InspectedChunk): Promise<void> {
  const { startLine, endLine, chunkId } = chunk;
  const place: ChunkPlace = { folderId, path, chunkId };
  const uri = vscode.Uri.from({
    scheme,
    path: `/${fileName(path)}:${startLine}-${endLine}.txt`,
    query: JSON.stringify(place),
  });
  await vscode.window.showTextDocument(uri, { preview: true });
}
