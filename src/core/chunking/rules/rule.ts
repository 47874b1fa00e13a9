import type { ChunkKind } from '../../../protocol/types.ts';
import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { Definition, ScopeKind } from '../unit.ts';

/** A definition in a syntax tree. */
export interface NodeDefinition extends Definition {
  /** The node whose children are its parts, where the defining node only wraps it (`export`, decorators, `const f = …`). */
  readonly inner?: SyntaxNode;
  /** Where it ends, when the grammar makes the node longer than the thing. */
  readonly endIndex?: number;
}

export interface RuleContext {
  readonly scope: ScopeKind;
  /** The source text of a node. */
  textOf(node: SyntaxNode): string;
  /** Applies the language's rules to another node: what a wrapper does with what it wraps. */
  define(node: SyntaxNode): NodeDefinition | undefined;
}

/** Says what a node defines; undefined when this one defines nothing (an anonymous class, a forward declaration). */
export type Rule = (node: SyntaxNode, context: RuleContext) => NodeDefinition | undefined;

/** How one grammar's nodes become definitions. */
export interface LanguageRules {
  /** By node type. */
  readonly definitions: Readonly<Record<string, Rule>>;
  /** Node types that belong to what follows them; comments are known by their name. */
  readonly attached?: readonly string[];
  /** Node types that belong to what follows them when the test says so. */
  readonly attachedIf?: Readonly<Record<string, (node: SyntaxNode, context: RuleContext) => boolean>>;
  /** Node types looked through at any size: bodies, conditional compilation, wrappers without a name. */
  readonly transparent?: readonly string[];
  /** Documentation that is not called a comment (a string before a definition). */
  readonly comments?: readonly string[];
  /** Stands between the names of a symbol path; `.` by default. */
  readonly separator?: string;
  /** Neighbours of one name are clauses of one function. */
  readonly clauses?: boolean;
  /** Documentation may stand directly behind what it documents. */
  readonly trailingComments?: boolean;
}

/** Names are cut here: some languages allow whole sentences. Characters. */
const maxNameLength = 80;

/** One line, without quotes, of bounded length, `::` and `\` as `.`, operators bare; empty for what is no name. */
export function cleanName(text: string): string {
  const name = text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(['"`])(.*)\1$/, '$2')
    .replace(/:{2,3}|\\|(?<=\w)#(?=\w)/g, '.')
    .replace(/^[.:]+|[.:]+$/g, '')
    .replace(/^\(\s*(\S+)\s*\)$/, '$1');
  return shortened(name);
}

function shortened(name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name;
}

export function definition(
  kind: ChunkKind,
  name: string,
  options: {
    readonly inner?: SyntaxNode | null | undefined;
    readonly minor?: boolean;
    readonly reopens?: boolean;
    /** Keeps signs that other languages' names do not have. */
    readonly verbatim?: boolean;
  } = {},
): NodeDefinition | undefined {
  const cleaned = options.verbatim === true ? shortened(name.trim().replace(/\s+/g, ' ')) : cleanName(name);
  if (cleaned === '') return undefined;
  return {
    name: cleaned,
    kind,
    ...(options.minor === true ? { minor: true } : {}),
    ...(options.reopens === true ? { reopens: true } : {}),
    ...(options.inner ? { inner: options.inner } : {}),
  };
}

/** The node's `name` field (or another) is its name. A function directly in a type is a method. */
export function named(kind: ChunkKind, options: { readonly field?: string; readonly minor?: boolean } = {}): Rule {
  return (node, context) => {
    const name = node.childForFieldName(options.field ?? 'name');
    if (name === null) return undefined;
    return definition(kindInScope(kind, context.scope), context.textOf(name), { minor: options.minor ?? false });
  };
}

/** As {@link named}, for grammars that leave the field out: the first child of one of the types is the name. */
export function namedBy(kind: ChunkKind, types: readonly string[], options: { readonly minor?: boolean } = {}): Rule {
  return (node, context) => {
    const name = childOfType(node, ...types);
    if (name === undefined) return undefined;
    return definition(kindInScope(kind, context.scope), context.textOf(name), { minor: options.minor ?? false });
  };
}

/** A rule that holds outside of functions only: fields, constants, keys. */
export function outsideFunctions(rule: Rule): Rule {
  return (node, context) => (context.scope === 'function' ? undefined : rule(node, context));
}

/** What the child in `field` (or the first child that defines something) defines, with the wrapper around it. */
export function wraps(field?: string): Rule {
  return (node, context) => {
    if (field !== undefined) {
      const child = node.childForFieldName(field);
      return child === null ? undefined : through(child, context);
    }
    for (const child of namedChildren(node)) {
      const found = through(child, context);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** The definition of `child`, entered through a wrapper. */
export function through(child: SyntaxNode, context: RuleContext): NodeDefinition | undefined {
  const found = context.define(child);
  return found === undefined ? undefined : { ...found, inner: found.inner ?? child };
}

export function kindInScope(kind: ChunkKind, scope: ScopeKind): ChunkKind {
  if (kind === 'function' && (scope === 'type' || scope === 'data')) return 'method';
  return kind;
}
