import { childOfType, lastChildBut } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition } from './rule.ts';

/** A table ends with its last pair: comments behind it speak of the next one. */
const table: Rule = (node, context) => {
  const key = childOfType(node, 'bare_key', 'dotted_key', 'quoted_key');
  if (key === undefined) return undefined;
  const last = lastChildBut(node, 'comment') ?? key;
  const found = definition('section', context.textOf(key), { minor: true });
  return found && { ...found, endIndex: last.endIndex };
};

export const tomlRules: LanguageRules = {
  definitions: {
    pair: (node, context) => {
      const key = node.namedChild(0);
      return key === null ? undefined : definition('property', context.textOf(key), { minor: true });
    },
    table,
    table_array_element: table,
  },
};
