import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rule.ts';
import { definition, named } from './rule.ts';

const constant: Rule = (node, context) => {
  const element = childOfType(node, 'const_element');
  const name = element && childOfType(element, 'name');
  const kind = context.scope === 'type' ? 'property' : 'constant';
  return name ? definition(kind, context.textOf(name), { minor: true }) : undefined;
};

const property: Rule = (node, context) => {
  const name = childOfType(node, 'property_element')?.childForFieldName('name');
  return name ? definition('property', context.textOf(name).replace('$', ''), { minor: true }) : undefined;
};

const routeCall = /^(?:get|post|put|patch|delete|options|any|map|match|group)$/;
const testCall = /^(?:it|test|describe|beforeEach|dataset)$/;

/** `$app->get('/path', function () {…})` and Pest's `it('does', function () {…})`. */
function call(node: SyntaxNode, context: RuleContext): NodeDefinition | undefined {
  const callee = node.childForFieldName('name') ?? node.childForFieldName('function');
  const list = node.childForFieldName('arguments');
  if (callee === null || list === null) return undefined;
  const [title, ...rest] = namedChildren(list).map((argument) => argument.namedChild(0) ?? argument);
  const body = rest.find((argument) => /^(?:anonymous_function|arrow_function)/.test(argument.type));
  if (title?.type !== 'string' && title?.type !== 'encapsed_string') return undefined;
  const name = context.textOf(callee);
  if (body === undefined) return undefined;
  if (node.type === 'function_call_expression' && testCall.test(name)) {
    return definition('test', context.textOf(title), { inner: body });
  }
  const path = context.textOf(title).slice(1, -1);
  if (!routeCall.test(name) || node.type === 'function_call_expression') return undefined;
  return definition('function', `${name} ${path}`, { inner: body });
}

export const phpRules: LanguageRules = {
  definitions: {
    class_declaration: named('class'),
    const_declaration: constant,
    enum_declaration: named('enum'),
    expression_statement: (node, context) => {
      const expression = node.namedChild(0);
      return expression !== null && /call_expression$/.test(expression.type) ? call(expression, context) : undefined;
    },
    function_definition: named('function'),
    interface_declaration: named('interface'),
    method_declaration: named('method'),
    namespace_definition: (node, context) =>
      node.childForFieldName('body') === null ? undefined : named('module')(node, context),
    property_declaration: property,
    trait_declaration: named('class'),
  },
  attached: ['attribute_list'],
};
