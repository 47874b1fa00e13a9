import { english, type Phrase, phrase } from '../../protocol/phrase.ts';
import type { FileEntry, RelativePath, WhyReport } from '../../protocol/types.ts';
import type { Discovery } from '../discovery/discovery.ts';
import type { Catalogue } from '../store/catalogue.ts';

/**
 * Is the file indexed, and if not, which rule says so. The rules are asked anew (the file may have changed since it was
 * indexed); the catalogue answers for what only reading the content can tell.
 */
export async function explainFile(
  path: RelativePath,
  catalogue: Catalogue,
  discovery: Discovery,
  files: () => readonly FileEntry[],
): Promise<WhyReport> {
  const verdict = await discovery.classify(path);
  if (verdict.state === 'missing')
    return { path, state: 'missing', ...worded(phrase`There is no such file in the folder.`) };
  if (verdict.state === 'ignored') {
    return {
      path,
      state: 'ignored',
      ...worded(verdict.detail),
      ...(verdict.rule === undefined ? {} : { rule: verdict.rule }),
    };
  }
  if (verdict.state === 'skipped') {
    const { reason, detail } = verdict.file.skip;
    return { path, state: 'skipped', reason, ...worded(detail) };
  }
  if (catalogue.file(path) === undefined) {
    return {
      path,
      state: 'pending',
      ...worded(phrase`Nothing keeps it out; it is not indexed yet. Index the folder to include it.`),
    };
  }
  const entry = files().find((candidate) => candidate.path === path);
  const state = entry?.state ?? 'pending';
  return {
    path,
    state,
    ...(entry?.reason === undefined ? {} : { reason: entry.reason }),
    ...(entry?.detail === undefined
      ? worded(state === 'indexed' ? phrase`Indexed.` : phrase`Waiting to be indexed.`)
      : { detail: entry.detail, ...(entry.phrase && { phrase: entry.phrase }) }),
    ...(entry?.language === undefined ? {} : { language: entry.language }),
    chunks: entry?.chunks ?? 0,
  };
}

function worded(said: Phrase): Pick<WhyReport, 'detail' | 'phrase'> {
  return { detail: english(said), phrase: said };
}
