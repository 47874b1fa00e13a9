import type { Parser, Tree } from 'web-tree-sitter';
import { editBetween, parseText } from './parseText.ts';

/** Trees kept for open editors; the least recently parsed go first. */
const maxDocuments = 32;

interface Document {
  readonly text: string;
  readonly tree: Tree;
  readonly parser: Parser;
}

/** The trees of open editors: a changed text is parsed from where it changed. */
export class DocumentTrees {
  readonly #documents = new Map<string, Document>();

  get size(): number {
    return this.#documents.size;
  }

  /**
   * The tree of the text, kept until the next one of this key; the caller does not delete it. Undefined when the
   * deadline came first.
   */
  parse(key: string, parser: Parser, text: string, deadline: number): Tree | undefined {
    const old = this.#documents.get(key);
    this.#documents.delete(key);
    let tree: Tree | undefined;
    try {
      tree =
        old?.parser === parser ? this.#reparse(old, parser, text, deadline) : parseText(parser, text, { deadline });
    } finally {
      old?.tree.delete();
    }
    if (tree === undefined) return undefined;
    this.#documents.set(key, { text, tree, parser });
    for (const first of this.#documents.keys()) {
      if (this.#documents.size <= maxDocuments) break;
      this.close(first);
    }
    return tree;
  }

  close(key: string): void {
    this.#documents.get(key)?.tree.delete();
    this.#documents.delete(key);
  }

  closeAll(): void {
    for (const key of [...this.#documents.keys()]) this.close(key);
  }

  #reparse(old: Document, parser: Parser, text: string, deadline: number): Tree | undefined {
    old.tree.edit(editBetween(old.text, text));
    const tree = parseText(parser, text, { deadline, old: old.tree });
    if (tree === undefined || !tree.rootNode.hasError) return tree;
    // How an error is recovered from depends on the way the tree came about; the result must not.
    tree.delete();
    return parseText(parser, text, { deadline });
  }
}
