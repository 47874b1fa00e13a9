import type { ChunkKind } from '../../protocol/types.ts';

/** What surrounds a definition decides what counts as one: a local variable is none, a field is. */
export type ScopeKind = 'file' | 'module' | 'type' | 'function' | 'data';

/** A named thing of the source. */
export interface Definition {
  /** Own name; may be a path (`Server.Start`) where the source writes it so. */
  readonly name: string;
  readonly kind: ChunkKind;
  /** Constants, fields, keys: worth a chunk of their own only when they are large. */
  readonly minor?: boolean;
  /** It adds to a thing defined elsewhere (`impl`, `extension`): its first line alone says nothing. */
  readonly reopens?: boolean;
}

/**
 * A run of whole lines that an outline found: a definition, what belongs to the next one (comment, decorator), or plain
 * code. Lines are 0-based and inclusive.
 */
export interface Unit {
  readonly first: number;
  readonly last: number;
  readonly role: 'definition' | 'comment' | 'attached' | 'plain';
  readonly definition?: Definition;
  /** First line of the definition itself, behind the comments and decorators that were joined to it. */
  readonly bodyFirst?: number;
  /** What it consists of; undefined when it can be cut at line borders only. */
  readonly expand?: () => Unit[];
}

/** What a definition is to the definitions inside it. */
export function scopeOf(kind: ChunkKind): ScopeKind {
  switch (kind) {
    case 'function':
    case 'method':
    case 'test':
      return 'function';
    case 'class':
    case 'interface':
    case 'struct':
    case 'enum':
      return 'type';
    case 'module':
    case 'section':
      return 'module';
    case 'type':
    case 'constant':
    case 'property':
    case 'block':
      return 'data';
  }
}
