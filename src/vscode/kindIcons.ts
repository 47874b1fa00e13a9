import type { ChunkKind } from '../protocol/types.ts';

/** Codicons of VS Code's own outline, by kind of chunk. */
const icons: Readonly<Record<ChunkKind, string>> = {
  function: 'symbol-method',
  method: 'symbol-method',
  class: 'symbol-class',
  interface: 'symbol-interface',
  struct: 'symbol-structure',
  enum: 'symbol-enum',
  type: 'symbol-interface',
  module: 'symbol-namespace',
  constant: 'symbol-constant',
  property: 'symbol-property',
  section: 'symbol-string',
  test: 'beaker',
  block: 'symbol-file',
};

/** Its name, for a `ThemeIcon`. */
export function kindIconId(kind: ChunkKind): string {
  return icons[kind];
}

export function kindIcon(kind: ChunkKind): string {
  return `$(${icons[kind]})`;
}

/** Text from files, safe in a label: `$(name)` would be shown as an icon. */
export function plainLabel(text: string): string {
  return text.replace(/\$\([\w-]+(~\w+)?\)/gu, '\\$&');
}
