import beaker from '@vscode/codicons/src/icons/beaker.svg';
import symbolClass from '@vscode/codicons/src/icons/symbol-class.svg';
import symbolConstant from '@vscode/codicons/src/icons/symbol-constant.svg';
import symbolEnum from '@vscode/codicons/src/icons/symbol-enum.svg';
import symbolInterface from '@vscode/codicons/src/icons/symbol-interface.svg';
import symbolMethod from '@vscode/codicons/src/icons/symbol-method.svg';
import symbolNamespace from '@vscode/codicons/src/icons/symbol-namespace.svg';
import symbolParameter from '@vscode/codicons/src/icons/symbol-parameter.svg';
import symbolProperty from '@vscode/codicons/src/icons/symbol-property.svg';
import symbolSnippet from '@vscode/codicons/src/icons/symbol-snippet.svg';
import symbolString from '@vscode/codicons/src/icons/symbol-string.svg';
import symbolStructure from '@vscode/codicons/src/icons/symbol-structure.svg';
import type { ChunkKind } from '../../src/protocol/types.ts';
import { icon } from '../shared/icon.ts';

/** The icons the outline of VS Code uses for the same things. */
const svgs: Readonly<Record<ChunkKind, string>> = {
  function: symbolMethod,
  method: symbolMethod,
  class: symbolClass,
  interface: symbolInterface,
  struct: symbolStructure,
  enum: symbolEnum,
  type: symbolParameter,
  module: symbolNamespace,
  constant: symbolConstant,
  property: symbolProperty,
  section: symbolString,
  test: beaker,
  block: symbolSnippet,
};

export function kindIcon(kind: ChunkKind): Element {
  return icon(svgs[kind], `kind kind-${kind}`);
}
