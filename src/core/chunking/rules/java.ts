import type { LanguageRules, Rule } from './rule.ts';
import { definition, named } from './rule.ts';

const field: Rule = (node, context) => {
  const name = node.childForFieldName('declarator')?.childForFieldName('name');
  return name ? definition('property', context.textOf(name), { minor: true }) : undefined;
};

export const javaRules: LanguageRules = {
  definitions: {
    annotation_type_declaration: named('interface'),
    annotation_type_element_declaration: named('method', { minor: true }),
    class_declaration: named('class'),
    compact_constructor_declaration: named('method'),
    constant_declaration: field,
    constructor_declaration: named('method'),
    enum_constant: named('property', { minor: true }),
    enum_declaration: named('enum'),
    field_declaration: field,
    interface_declaration: named('interface'),
    method_declaration: named('method'),
    module_declaration: named('module'),
    record_declaration: named('class'),
  },
  transparent: ['enum_body_declarations'],
};
