import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule, RuleContext } from './rule.ts';
import { definition } from './rule.ts';

const pair: Rule = (node, context) => {
  const key = node.childForFieldName('key');
  return key === null ? undefined : definition('property', context.textOf(key), { minor: true });
};

/** The value of `name:` or `id:` in a list item, as tasks and steps have it. */
const item: Rule = (node, context) => {
  const mapping = mappingOf(node);
  if (mapping === undefined) return undefined;
  for (const entry of namedChildren(mapping).slice(0, 6)) {
    const key = entry.childForFieldName('key');
    const value = entry.childForFieldName('value');
    if (key === null || value === null || value.endIndex - value.startIndex > 120) continue;
    if (/^(?:name|id|title|alias|job_name)$/.test(context.textOf(key))) return namedItem(value, context);
  }
  return undefined;
};

function namedItem(value: SyntaxNode, context: RuleContext): ReturnType<Rule> {
  return definition('property', context.textOf(value), { minor: true });
}

function mappingOf(node: SyntaxNode): SyntaxNode | undefined {
  const inner = childOfType(node, 'block_node');
  return inner && childOfType(inner, 'block_mapping');
}

export const yamlRules: LanguageRules = {
  definitions: { block_mapping_pair: pair, block_sequence_item: item },
  transparent: ['block_mapping', 'block_node', 'block_sequence', 'document'],
};
