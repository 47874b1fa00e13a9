import type { Phrase } from '../../protocol/phrase.ts';
import type { RelativePath, SkipReason } from '../../protocol/types.ts';
import type { RuleOrigin } from './ignoreFile.ts';

/** Why a file is listed but not indexed; `detail` names the rule, or the size and its limit, for people. */
export interface Skip {
  readonly reason: SkipReason;
  readonly detail: Phrase;
}

/** A file that counts for the index, or is skipped for a reason of ours. Files ignored by a rule are not discovered. */
export interface DiscoveredFile {
  readonly path: RelativePath;
  /** Of the link itself for a symlink. */
  readonly bytes: number;
  /** Fractional milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** Absent: to be indexed, as far as name and size can tell. */
  readonly skip?: Skip;
}

/** What discovery thinks of one path. */
export type PathVerdict =
  | { readonly state: 'discovered'; readonly file: DiscoveredFile }
  | { readonly state: 'skipped'; readonly file: DiscoveredFile & { readonly skip: Skip } }
  | { readonly state: 'ignored'; readonly detail: Phrase; readonly rule?: RuleOrigin }
  /** Nothing is there, or it is no file (a directory, a socket). */
  | { readonly state: 'missing' };
