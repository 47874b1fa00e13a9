import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rule.ts';
import { definition, kindInScope, outsideFunctions, through } from './rule.ts';

/** `M.on` and `M:emit`. */
function functionNamed(path: string, context: RuleContext, inner?: SyntaxNode): NodeDefinition | undefined {
  const kind = /[.:]/.test(path) ? 'method' : kindInScope('function', context.scope);
  return definition(kind, path.replace(/:/g, '.'), { inner });
}

const assignment: Rule = (node, context) => {
  const names = childOfType(node, 'variable_list');
  const values = childOfType(node, 'expression_list');
  const name = names?.namedChild(0);
  const value = values?.namedChild(0);
  if (!name || !value || names?.namedChildCount !== 1) return undefined;
  const path = context.textOf(name);
  if (!/^[\w.:]+$/.test(path)) return undefined;
  if (value.type === 'function_definition') return functionNamed(path, context, value);
  if (context.scope === 'function' || /^require\b/.test(context.textOf(value))) return undefined;
  return definition('constant', path, { minor: true, inner: value });
};

const field: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  const value = node.childForFieldName('value');
  if (name === null || value === null) return undefined;
  if (value.type === 'function_definition') return functionNamed(context.textOf(name), context, value);
  return definition('property', context.textOf(name), { minor: true, inner: value });
};

const testCall = /^(?:describe|context|it|test|pending|insulate)$/;

/** Busted's `describe("…", function() … end)`. */
const call: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  const list = node.childForFieldName('arguments');
  if (name === null || list === null || !testCall.test(context.textOf(name))) return undefined;
  const [title, body] = namedChildren(list);
  if (title?.type !== 'string' || body?.type !== 'function_definition') return undefined;
  return definition('test', context.textOf(title), { inner: body });
};

export const luaRules: LanguageRules = {
  definitions: {
    assignment_statement: assignment,
    field: outsideFunctions(field),
    function_call: call,
    function_declaration: (node, context) => {
      const name = node.childForFieldName('name');
      return name === null ? undefined : functionNamed(context.textOf(name), context);
    },
    variable_declaration: (node, context) => {
      const inner = childOfType(node, 'assignment_statement');
      return inner && through(inner, context);
    },
  },
};
