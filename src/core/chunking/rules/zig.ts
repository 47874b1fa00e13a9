import type { ChunkKind } from '../../../protocol/types.ts';
import { childOfType } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition, kindInScope } from './rule.ts';

const containers: Readonly<Record<string, ChunkKind>> = {
  enum_declaration: 'enum',
  opaque_declaration: 'struct',
  struct_declaration: 'struct',
  union_declaration: 'struct',
};

/** `const Name = struct {…}` is the struct. */
const variable: Rule = (node, context) => {
  const name = childOfType(node, 'identifier');
  if (name === undefined) return undefined;
  const value = childOfType(node, ...Object.keys(containers));
  if (value !== undefined)
    return definition(containers[value.type] ?? 'struct', context.textOf(name), { inner: value });
  if (context.scope === 'function' || childOfType(node, 'builtin_function') !== undefined) return undefined;
  return definition('constant', context.textOf(name), { minor: true });
};

/** A function that returns `type` makes a generic struct. */
const functionRule: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  const type = node.childForFieldName('type');
  if (name === null) return undefined;
  const makesType = type !== null && context.textOf(type) === 'type';
  return definition(makesType ? 'struct' : kindInScope('function', context.scope), context.textOf(name));
};

export const zigRules: LanguageRules = {
  definitions: {
    container_field: (node, context) => {
      const name = node.childForFieldName('name');
      return name?.type === 'identifier' ? definition('property', context.textOf(name), { minor: true }) : undefined;
    },
    function_declaration: functionRule,
    test_declaration: (node, context) => {
      const title = childOfType(node, 'string', 'identifier');
      return title && definition('test', context.textOf(title));
    },
    variable_declaration: variable,
  },
  transparent: ['expression_statement', 'return_expression', 'struct_declaration', 'union_declaration'],
};
