import type { LanguageRules, Rule } from './rule.ts';
import { definition, named, outsideFunctions } from './rule.ts';

const value: Rule = (node, context) => {
  const pattern = node.childForFieldName('pattern') ?? node.childForFieldName('name');
  if (pattern?.type !== 'identifier') return undefined;
  const kind = context.scope === 'type' ? 'property' : 'constant';
  return definition(kind, context.textOf(pattern), { minor: true, inner: node.childForFieldName('value') });
};

/** A `given` without a name is known by its type. */
const given: Rule = (node, context) => {
  const name = node.childForFieldName('name') ?? node.childForFieldName('return_type');
  return name === null ? undefined : definition('class', context.textOf(name));
};

export const scalaRules: LanguageRules = {
  definitions: {
    class_definition: named('class'),
    enum_definition: named('enum'),
    function_declaration: named('function', { minor: true }),
    function_definition: named('function'),
    given_definition: given,
    object_definition: named('class'),
    package_clause: (node, context) =>
      node.childForFieldName('body') === null ? undefined : named('module')(node, context),
    package_object: named('module'),
    trait_definition: named('interface'),
    type_definition: named('type', { minor: true }),
    val_declaration: outsideFunctions(value),
    val_definition: outsideFunctions(value),
    var_definition: outsideFunctions(value),
  },
  attached: ['annotation'],
  transparent: ['extension_definition'],
};
