import type { SqlValue } from '../ports.ts';
import type { Catalogue } from './catalogue.ts';

/** Restricts a search; absent parts and empty lists do not restrict, apart from `files`. */
export interface ChunkFilter {
  readonly languages?: readonly string[];
  readonly excludeLanguages?: readonly string[];
  readonly kinds?: readonly string[];
  readonly excludeKinds?: readonly string[];
  /** Paths of the only files. */
  readonly files?: readonly string[];
  /** What the caller decides (globs and conventions are not SQL's affair). */
  readonly matches?: (path: string, kind: string) => boolean;
}

/** Ids of the chunks that all filters let through; undefined when none restricts. O(chunks), with `files` O(their chunks). */
export function allowedChunks(catalogue: Catalogue, filters: readonly ChunkFilter[]): Set<number> | undefined {
  const clauses = filters.flatMap(clausesOf);
  const predicates = filters.flatMap(({ matches }) => (matches === undefined ? [] : [matches]));
  if (clauses.length === 0 && predicates.length === 0) return undefined;
  const allowed = new Set<number>();
  const rows = catalogue.database
    .prepare(
      `SELECT c.id, c.kind, f.path FROM chunks c JOIN files f ON f.id = c.file_id
       WHERE ${['true', ...clauses.map(({ sql }) => sql)].join(' AND ')}`,
    )
    .iterate(...clauses.map(({ parameter }) => parameter));
  for (const row of rows) {
    const [path, kind] = [String(row['path']), String(row['kind'])];
    if (predicates.every((matches) => matches(path, kind))) allowed.add(Number(row['id']));
  }
  return allowed;
}

function clausesOf(filter: ChunkFilter): { readonly sql: string; readonly parameter: SqlValue }[] {
  const { languages, excludeLanguages, kinds, excludeKinds, files } = filter;
  const lists = [
    { column: 'f.language', operator: 'IN', values: languages },
    { column: 'f.language', operator: 'NOT IN', values: excludeLanguages },
    { column: 'c.kind', operator: 'IN', values: kinds },
    { column: 'c.kind', operator: 'NOT IN', values: excludeKinds },
  ].filter(({ values }) => values !== undefined && values.length > 0);
  if (files !== undefined) lists.push({ column: 'f.path', operator: 'IN', values: files });
  return lists.map(({ column, operator, values }) => ({
    sql: `${column} ${operator} (SELECT value FROM json_each(?))`,
    parameter: JSON.stringify(values),
  }));
}
