import type { SqlValue } from '../ports.ts';
import type { Catalogue } from './catalogue.ts';

/** Restricts a search; absent parts do not restrict. */
export interface ChunkFilter {
  readonly languages?: readonly string[];
  readonly kinds?: readonly string[];
  /** Paths that match, decided by the caller (globs are not SQL's affair). */
  readonly matchesPath?: (path: string) => boolean;
}

/** Ids of the chunks a filter lets through; undefined when it does not restrict. O(chunks). */
export function allowedChunks(catalogue: Catalogue, filter: ChunkFilter | undefined): Set<number> | undefined {
  const { where, parameters } = filterSql(filter);
  if (where === '' && filter?.matchesPath === undefined) return undefined;
  const allowed = new Set<number>();
  const rows = catalogue.database
    .prepare(`SELECT c.id, f.path FROM chunks c JOIN files f ON f.id = c.file_id WHERE true ${where}`)
    .iterate(...parameters);
  for (const row of rows) {
    if (filter?.matchesPath?.(String(row['path'])) !== false) allowed.add(Number(row['id']));
  }
  return allowed;
}

function filterSql(filter: ChunkFilter | undefined): { where: string; parameters: SqlValue[] } {
  const clauses: string[] = [];
  const parameters: SqlValue[] = [];
  const anyOf = (column: string, values: readonly string[] | undefined): void => {
    if (values === undefined || values.length === 0) return;
    clauses.push(`AND ${column} IN (${values.map(() => '?').join(', ')})`);
    parameters.push(...values);
  };
  anyOf('f.language', filter?.languages);
  anyOf('c.kind', filter?.kinds);
  return { where: clauses.join(' '), parameters };
}
