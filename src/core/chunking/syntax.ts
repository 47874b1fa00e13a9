/**
 * The part of web-tree-sitter's tree that chunking reads. Every access crosses from JavaScript into WASM, so the walk
 * goes no deeper than the chunks need. Indexes are UTF-16 positions in the text.
 */
export interface SyntaxNode {
  readonly id: number;
  readonly type: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly namedChildCount: number;
  namedChild(index: number): SyntaxNode | null;
  childForFieldName(fieldName: string): SyntaxNode | null;
}

export interface SyntaxCursor {
  readonly nodeType: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly currentNode: SyntaxNode;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
  reset(node: SyntaxNode): void;
  delete(): void;
}

export interface SyntaxTree {
  readonly rootNode: SyntaxNode;
  walk(): SyntaxCursor;
}

/** Tree-sitter counts to a child from the first one, so reading all of very many would take quadratic time. */
const maxChildrenRead = 64;

/** The named children of a node, the first 64 of them: enough to say what it is. */
export function namedChildren(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  const count = Math.min(node.namedChildCount, maxChildrenRead);
  for (let index = 0; index < count; index++) {
    const child = node.namedChild(index);
    if (child !== null) children.push(child);
  }
  return children;
}

/** The first named child of one of the types, among the first 64; undefined when there is none. */
export function childOfType(node: SyntaxNode, ...types: readonly string[]): SyntaxNode | undefined {
  const count = Math.min(node.namedChildCount, maxChildrenRead);
  for (let index = 0; index < count; index++) {
    const child = node.namedChild(index);
    if (child !== null && types.includes(child.type)) return child;
  }
  return undefined;
}

/** The last named child that is of another type, among the last 64. */
export function lastChildBut(node: SyntaxNode, type: string): SyntaxNode | undefined {
  const count = node.namedChildCount;
  for (let index = count - 1; index >= Math.max(0, count - maxChildrenRead); index--) {
    const child = node.namedChild(index);
    if (child !== null && child.type !== type) return child;
  }
  return undefined;
}
