import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition, named } from './rule.ts';

/** `name a b = …` and `left <+> right = …`. */
const equation: Rule = (node, context) => {
  const name = node.childForFieldName('name') ?? childOfType(node, 'infix')?.childForFieldName('operator');
  return name ? definition('function', context.textOf(name)) : undefined;
};

/** `Pretty Text` of `instance Pretty Text where`. */
const instance: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  const types = node.childForFieldName('patterns');
  if (name === null) return undefined;
  return definition('class', `${context.textOf(name)} ${types === null ? '' : context.textOf(types)}`);
};

export const haskellRules: LanguageRules = {
  definitions: {
    bind: equation,
    class: named('interface'),
    data_family: named('type', { minor: true }),
    data_type: named('type'),
    foreign_import: named('function', { minor: true }),
    function: equation,
    instance,
    newtype: named('type'),
    type_family: named('type', { minor: true }),
    // The grammar spells it so.
    type_synomym: named('type', { minor: true }),
  },
  attached: ['fixity', 'signature'],
  clauses: true,
  comments: ['haddock'],
  transparent: ['declarations', 'header', 'imports'],
};
