import { append } from './append.ts';
import type { LineTable } from './lines.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rules/rule.ts';
import type { SyntaxCursor, SyntaxNode, SyntaxTree } from './syntax.ts';
import type { ScopeKind, Unit } from './unit.ts';
import { scopeOf } from './unit.ts';

/** Wrappers and bodies looked through in one go; deeper nesting is reached by expanding again. */
const maxPeeledLevels = 40;

/** Code from another tree inside this one: the scripts of a page. */
export interface Injection {
  /** The node type in whose place the other tree's units stand. */
  readonly nodeType: string;
  /** The other tree's units between two lines. */
  unitsIn(first: number, last: number): Unit[];
}

/**
 * Reads units off a syntax tree, level by level and only where asked. Holds one cursor; call {@link dispose}.
 */
export class TreeOutline {
  readonly #lines: LineTable;
  readonly #root: SyntaxNode;
  readonly #cursor: SyntaxCursor;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #attached: ReadonlySet<string>;
  readonly #attachedIf: LanguageRules['attachedIf'];
  readonly #transparent: ReadonlySet<string>;
  readonly #comments: ReadonlySet<string>;
  readonly #injection: Injection | undefined;

  constructor(tree: SyntaxTree, lines: LineTable, rules: LanguageRules, injection?: Injection) {
    this.#lines = lines;
    this.#root = tree.rootNode;
    this.#cursor = tree.walk();
    this.#rules = new Map(Object.entries(rules.definitions));
    this.#attached = new Set(rules.attached);
    this.#attachedIf = rules.attachedIf;
    this.#transparent = new Set(['ERROR', ...(rules.transparent ?? [])]);
    this.#comments = new Set(rules.comments);
    this.#injection = injection;
  }

  /** The units of the whole file. */
  units(): Unit[] {
    return this.#read(this.#root, this.#root, 'file', false);
  }

  dispose(): void {
    this.#cursor.delete();
  }

  /**
   * The units of a node. Everything between `node` and `target` (a node inside it, or itself) is looked through;
   * `peelBody` also looks through the direct children of `target`, one of which is the body.
   */
  #read(node: SyntaxNode, target: SyntaxNode, scope: ScopeKind, peelBody: boolean): Unit[] {
    const cursor = this.#cursor;
    const units: Unit[] = [];
    cursor.reset(node);
    if (!cursor.gotoFirstChild()) return units;
    const targetStart = target.startIndex;
    const targetEnd = target.endIndex;
    // Depth at which the children of the target stand; unknown until the walk has come there.
    let bodyDepth = node.id === target.id ? 0 : -1;
    let depth = 0;
    for (;;) {
      const start = cursor.startIndex;
      const end = cursor.endIndex;
      const onTheWay = bodyDepth < 0 && start <= targetStart && end >= targetEnd;
      if (onTheWay && start === targetStart && end === targetEnd && cursor.currentNode.id === target.id) {
        bodyDepth = depth + 1;
      }
      const enter =
        depth < maxPeeledLevels && (onTheWay || this.#emit(units, start, end, scope, peelBody && depth === bodyDepth));
      if (enter && cursor.gotoFirstChild()) {
        depth++;
        continue;
      }
      if (enter) units.push(this.#plain(start, end));
      while (!cursor.gotoNextSibling()) {
        if (depth === 0 || !cursor.gotoParent()) return units;
        if (depth === bodyDepth) bodyDepth = -2;
        depth--;
      }
    }
  }

  /** Adds the cursor's node as a unit; true when its children shall be read in its place. */
  #emit(units: Unit[], start: number, stop: number, scope: ScopeKind, isBody: boolean): boolean {
    if (stop <= start) return false;
    const [first, last] = this.#linesOf(start, stop);
    if (last < first) return false;
    const type = this.#cursor.nodeType;
    const rule = this.#rules.get(type);
    if (rule !== undefined) {
      const node = this.#cursor.currentNode;
      const found = rule(node, this.#context(scope));
      if (found !== undefined && (scope !== 'function' || found.minor !== true)) {
        const end = found.endIndex === undefined ? last : Math.min(last, this.#linesOf(start, found.endIndex)[1]);
        units.push(this.#definition(node, found, first, end));
        return false;
      }
    }
    if (type.includes('comment') || this.#comments.has(type)) {
      units.push({ first, last, role: 'comment' });
      return false;
    }
    if (
      this.#attached.has(type) ||
      this.#attachedIf?.[type]?.(this.#cursor.currentNode, this.#context(scope)) === true
    ) {
      units.push({ first, last, role: 'attached' });
      return false;
    }
    if (first === last) {
      addPlainLine(units, first);
      return false;
    }
    if (isBody || this.#transparent.has(type)) return true;
    const injected = this.#injection?.unitsIn(first, last) ?? [];
    if (injected.length > 0 && type !== this.#injection?.nodeType) return true;
    const node = this.#cursor.currentNode;
    if (injected.length > 0) append(units, injected);
    else units.push({ first, last, role: 'plain', expand: () => this.#read(node, node, scope, false) });
    return false;
  }

  #definition(node: SyntaxNode, found: NodeDefinition, first: number, last: number): Unit {
    const { inner, name, kind, minor = false, reopens = false } = found;
    const scope = scopeOf(kind);
    return {
      first,
      last,
      role: 'definition',
      definition: { name, kind, minor, reopens },
      expand: () => this.#read(node, inner ?? node, scope, true),
    };
  }

  #plain(start: number, end: number): Unit {
    const [first, last] = this.#linesOf(start, end);
    return { first, last, role: 'plain' };
  }

  /** The lines a node stands on; some grammars count white space before or behind it in. */
  #linesOf(start: number, end: number): [number, number] {
    const text = this.#lines.text;
    while (start < end && isWhite(text.charCodeAt(start))) start++;
    while (end > start && isWhite(text.charCodeAt(end - 1))) end--;
    if (end <= start) return [0, -1];
    const first = this.#lines.lineAt(start);
    return [first, end <= this.#lines.endOf(first) ? first : this.#lines.lineAt(end - 1)];
  }

  #context(scope: ScopeKind): RuleContext {
    const context: RuleContext = {
      scope,
      textOf: (node) => this.#lines.text.slice(node.startIndex, node.endIndex),
      define: (node) => this.#rules.get(node.type)?.(node, context),
    };
    return context;
  }
}

/** Tokens and small nodes of one line are one unit. */
function addPlainLine(units: Unit[], line: number): void {
  const before = units.at(-1);
  if (before?.role === 'plain' && before.last === line && before.first === line) return;
  units.push({ first: line, last: line, role: 'plain' });
}

function isWhite(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
