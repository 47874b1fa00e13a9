import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition, named } from './rule.ts';

const field: Rule = (node, context) => {
  const variables = childOfType(node, 'variable_declaration');
  const declarator = variables && childOfType(variables, 'variable_declarator');
  const name = declarator?.childForFieldName('name') ?? (declarator && childOfType(declarator, 'identifier'));
  return name ? definition('property', context.textOf(name), { minor: true }) : undefined;
};

const operator: Rule = (node, context) => {
  const sign = node.childForFieldName('operator') ?? node.childForFieldName('type');
  return definition('method', `operator ${sign === null ? '' : context.textOf(sign)}`);
};

export const csharpRules: LanguageRules = {
  definitions: {
    class_declaration: named('class'),
    constructor_declaration: named('method'),
    conversion_operator_declaration: operator,
    delegate_declaration: named('type', { minor: true }),
    destructor_declaration: (node, context) => {
      const name = node.childForFieldName('name');
      return name === null ? undefined : definition('method', `~${context.textOf(name)}`);
    },
    enum_declaration: named('enum'),
    event_declaration: named('property', { minor: true }),
    event_field_declaration: field,
    field_declaration: field,
    indexer_declaration: () => definition('property', 'this[]', { minor: true }),
    interface_declaration: named('interface'),
    local_function_statement: named('function'),
    method_declaration: named('method'),
    namespace_declaration: named('module'),
    operator_declaration: operator,
    property_declaration: named('property', { minor: true }),
    record_declaration: named('class'),
    record_struct_declaration: named('struct'),
    struct_declaration: named('struct'),
  },
  attached: ['attribute_list'],
  transparent: ['preproc_if', 'preproc_else', 'preproc_elif', 'preproc_region', 'global_statement'],
};
