import type { ChunkKind } from '../../../protocol/types.ts';
import type { SyntaxNode } from '../syntax.ts';
import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule, RuleContext } from './rule.ts';
import { definition, kindInScope } from './rule.ts';

/** Elixir's definitions are calls of these macros. */
const definers: Readonly<Record<string, ChunkKind>> = {
  def: 'function',
  defdelegate: 'function',
  defguard: 'function',
  defguardp: 'function',
  defimpl: 'class',
  defmacro: 'function',
  defmacrop: 'function',
  defmodule: 'module',
  defn: 'function',
  defp: 'function',
  defprotocol: 'interface',
  describe: 'test',
  property: 'test',
  test: 'test',
};

/** `name` of `name`, `name(a, b)`, `name(a) when …`, `left + right`. */
function headName(head: SyntaxNode, context: RuleContext): string {
  let current: SyntaxNode | null = head;
  for (let depth = 0; current && depth < 6; depth++) {
    if (current.type === 'call') current = current.childForFieldName('target');
    else if (current.type === 'binary_operator') {
      const operator: SyntaxNode | null = current.childForFieldName('operator');
      const sign = operator === null ? 'when' : context.textOf(operator);
      if (sign !== 'when') return sign;
      current = current.childForFieldName('left');
    } else return context.textOf(current);
  }
  return '';
}

const call: Rule = (node, context) => {
  const target = node.childForFieldName('target');
  if (target?.type !== 'identifier') return undefined;
  const kind = definers[context.textOf(target)];
  if (kind === undefined) return undefined;
  const head = childOfType(node, 'arguments')?.namedChild(0);
  if (!head || (kind === 'test' && head.type !== 'string')) return undefined;
  if (kind === 'test' && childOfType(node, 'do_block') === undefined) return undefined;
  return definition(
    kindInScope(kind, context.scope),
    kind === 'function' ? headName(head, context) : context.textOf(head),
  );
};

const belongsToNext = /^@(?:doc|spec|impl|deprecated|typedoc|since|tag|dialyzer)\b/;
const namedAttribute = /^@(?:(?:type|typep|opaque|callback|macrocallback)\s+)?(\w+)/;

export const elixirRules: LanguageRules = {
  definitions: {
    call,
    unary_operator: (node, context) => {
      const text = context.textOf(node).slice(0, 80);
      if (context.scope === 'function' || belongsToNext.test(text) || text.startsWith('@moduledoc')) return undefined;
      const name = namedAttribute.exec(text)?.[1];
      return name === undefined ? undefined : definition('constant', name, { minor: true });
    },
  },
  attachedIf: {
    unary_operator: (node, context) => belongsToNext.test(context.textOf(node).slice(0, 20)),
  },
  clauses: true,
};
