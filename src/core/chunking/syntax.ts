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

/** The named children of a node. */
export function namedChildren(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let index = 0; index < node.namedChildCount; index++) {
    const child = node.namedChild(index);
    if (child !== null) children.push(child);
  }
  return children;
}

/** The first named child of one of the types; undefined when there is none. */
export function childOfType(node: SyntaxNode, ...types: readonly string[]): SyntaxNode | undefined {
  for (let index = 0; index < node.namedChildCount; index++) {
    const child = node.namedChild(index);
    if (child !== null && types.includes(child.type)) return child;
  }
  return undefined;
}
