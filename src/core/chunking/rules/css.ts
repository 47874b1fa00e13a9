import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition } from './rule.ts';

const ruleSet: Rule = (node, context) => {
  const selectors = childOfType(node, 'selectors');
  return selectors && definition('section', context.textOf(selectors), { minor: true, verbatim: true });
};

/** `@media (…)`, `@keyframes name`: the text before the block. */
const atRule: Rule = (node, context) => {
  const block = childOfType(node, 'block', 'keyframe_block_list');
  if (block === undefined) return undefined;
  return definition('section', context.textOf(node).slice(0, block.startIndex - node.startIndex), {
    minor: true,
    verbatim: true,
  });
};

export const cssRules: LanguageRules = {
  separator: ' > ',
  definitions: {
    at_rule: atRule,
    keyframes_statement: atRule,
    media_statement: atRule,
    rule_set: ruleSet,
    supports_statement: atRule,
  },
};
