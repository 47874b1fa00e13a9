import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition, kindInScope, named, namedBy, outsideFunctions } from './rule.ts';

const identifiers = ['identifier', 'simple_identifier', 'type_identifier'];

const classLike: Rule = (node, context) => {
  const name = node.childForFieldName('name') ?? childOfType(node, ...identifiers);
  if (!name) return undefined;
  const head = context.textOf(node).slice(0, name.startIndex - node.startIndex);
  const kind = /\binterface\s+$/.test(head) ? 'interface' : /\benum\s+class\s+$/.test(head) ? 'enum' : 'class';
  return definition(kind, context.textOf(name));
};

/** `fun Receiver<T>.name()` is `Receiver.name`. */
const functionRule: Rule = (node, context) => {
  const name = node.childForFieldName('name') ?? childOfType(node, 'identifier', 'simple_identifier');
  if (!name) return undefined;
  const head = context.textOf(node).slice(0, name.startIndex - node.startIndex);
  const receiver = /([A-Z]\w*)(?:<[^>]*>)?\??\.$/.exec(head)?.[1];
  const own = context.textOf(name);
  return definition(kindInScope('function', context.scope), receiver === undefined ? own : `${receiver}.${own}`);
};

const property: Rule = (node, context) => {
  const variable = childOfType(node, 'variable_declaration');
  const name = variable && childOfType(variable, ...identifiers);
  if (!name) return undefined;
  const kind = context.scope === 'type' ? 'property' : 'constant';
  return definition(kind, context.textOf(name), { minor: true });
};

export const kotlinRules: LanguageRules = {
  definitions: {
    anonymous_initializer: () => definition('method', 'init', { minor: true }),
    class_declaration: classLike,
    companion_object: (node, context) => {
      const name = node.childForFieldName('name') ?? childOfType(node, ...identifiers);
      return definition('class', name ? context.textOf(name) : 'Companion');
    },
    function_declaration: functionRule,
    object_declaration: namedBy('class', identifiers),
    property_declaration: outsideFunctions(property),
    secondary_constructor: () => definition('method', 'constructor'),
    type_alias: named('type', { field: 'type', minor: true }),
  },
  attached: ['annotation', 'file_annotation'],
};
