import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rule.ts';
import { definition, kindInScope, named, outsideFunctions, through, wraps } from './rule.ts';

const functionTypes = new Set([
  'arrow_function',
  'function_expression',
  'function',
  'generator_function',
  'generator_function_declaration',
]);

/** Calls that give back what they are given, with something added: components and such. */
const decoratingCall = /(?:^|\.)(?:memo|forwardRef|lazy|observer|connect|debounce|throttle|once|with[A-Z]\w*|wrap\w*)$/;

const testCall = /^(?:describe|context|suite|it|test|specify|bench)(?:\.\w+)*$/;
const routeCall = /^\w+\.(get|post|put|patch|delete|all|use|route)$/;

/** What a name stands for when `value` is assigned to it. */
function assigned(name: string, value: SyntaxNode | null, context: RuleContext): NodeDefinition | undefined {
  if (value !== null && functionTypes.has(value.type)) {
    return definition(kindInScope('function', context.scope), name, { inner: value });
  }
  if (value?.type === 'class') return definition('class', name, { inner: value });
  if (value?.type === 'call_expression') {
    const callee = value.childForFieldName('function');
    const list = value.childForFieldName('arguments');
    const wrapped = list === null ? undefined : childOfType(list, ...functionTypes, 'class');
    if (callee !== null && wrapped !== undefined && decoratingCall.test(context.textOf(callee))) {
      return definition(kindInScope('function', context.scope), name, { inner: wrapped });
    }
  }
  if (context.scope === 'function') return undefined;
  const kind = context.scope === 'type' || context.scope === 'data' ? 'property' : 'constant';
  return definition(kind, name, { minor: true, inner: value });
}

/** `require('…')`, with or without a member of it. */
function isImported(value: SyntaxNode | null, context: RuleContext): boolean {
  return value !== null && /^(?:await\s+import|require)\s*\(/.test(context.textOf(value).slice(0, 20));
}

const declarator: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  if (name?.type !== 'identifier' || isImported(node.childForFieldName('value'), context)) return undefined;
  return assigned(context.textOf(name), node.childForFieldName('value'), context);
};

/** `const a = …`; several names in one declaration are read one by one. */
const declaration: Rule = (node, context) => {
  const declarators = namedChildren(node).filter((child) => child.type === 'variable_declarator');
  const [only] = declarators;
  return declarators.length === 1 && only !== undefined ? through(only, context) : undefined;
};

function isReference(value: SyntaxNode): boolean {
  return value.type === 'identifier' || value.type === 'member_expression' || value.type === 'assignment_expression';
}

/** `exports.a = …`, `module.exports = …`, `A.prototype.b = …`, `this.x = …` outside of functions. */
function assignmentStatement(node: SyntaxNode, context: RuleContext): NodeDefinition | undefined {
  const left = node.childForFieldName('left');
  const value = node.childForFieldName('right');
  if (left?.type !== 'member_expression' && left?.type !== 'identifier') return undefined;
  const path = context.textOf(left);
  if (path.length > 100) return undefined;
  const name = path
    .replace(/^(?:module\.)?exports\.?/, '')
    .replace(/\.prototype\b/, '')
    .replace(/^(?:window|globalThis|self|this)\./, '');
  const isFunction = value !== null && (functionTypes.has(value.type) || value.type === 'class');
  if (name === '' || name === 'prototype') {
    const inner = value?.childForFieldName('name');
    if (inner && isFunction) return assigned(context.textOf(inner), value, context);
    return value?.type === 'object' && name === ''
      ? definition('constant', 'exports', { minor: true, inner: value })
      : undefined;
  }
  if (!isFunction && (context.scope === 'function' || value === null || isReference(value))) return undefined;
  const found = assigned(name, value, context);
  return found?.kind === 'function' && path.includes('.prototype.') ? { ...found, kind: 'method' } : found;
}

/** `describe('…', () => {…})` and its kin, and routes: `app.get('/path', (request, response) => {…})`. */
function titledCall(node: SyntaxNode, context: RuleContext): NodeDefinition | undefined {
  let callee = node.childForFieldName('function');
  if (callee?.type === 'call_expression') callee = callee.childForFieldName('function');
  const list = node.childForFieldName('arguments');
  if (callee === null || list === null || callee.endIndex - callee.startIndex > 40) return undefined;
  const name = context.textOf(callee);
  const isTest = testCall.test(name);
  const route = isTest ? undefined : routeCall.exec(name)?.[1];
  if (!isTest && route === undefined) return undefined;
  const [title, ...rest] = namedChildren(list);
  const body = rest.find((argument) => functionTypes.has(argument.type));
  if (title === undefined || body === undefined || !/string|identifier|member/.test(title.type)) return undefined;
  const text = context.textOf(title);
  if (isTest) return definition('test', text, { inner: body });
  const path = text.slice(1, -1);
  return path.startsWith('/') ? definition('function', `${route ?? ''} ${path}`, { inner: body }) : undefined;
}

const expressionStatement: Rule = (node, context) => {
  const expression = node.namedChild(0);
  if (expression?.type === 'assignment_expression') return assignmentStatement(expression, context);
  if (expression?.type === 'call_expression') return titledCall(expression, context);
  if (expression?.type === 'internal_module') return through(expression, context);
  return undefined;
};

/** `key: function () {}` and large values in an object literal. */
const pair: Rule = (node, context) => {
  const key = node.childForFieldName('key');
  return key === null ? undefined : assigned(context.textOf(key), node.childForFieldName('value'), context);
};

const field: Rule = (node, context) => {
  const name = node.childForFieldName('name') ?? node.childForFieldName('property');
  return name === null ? undefined : assigned(context.textOf(name), node.childForFieldName('value'), context);
};

const exported: Rule = (node, context) => {
  const inner = node.childForFieldName('declaration');
  if (inner !== null) return through(inner, context);
  const value = node.childForFieldName('value');
  if (value === null) return undefined;
  const name = value.childForFieldName('name');
  return assigned(name === null ? 'default' : context.textOf(name), value, context);
};

const method = named('method');

/** JavaScript, JSX, TypeScript and TSX. */
export const javascriptRules: LanguageRules = {
  definitions: {
    abstract_class_declaration: named('class'),
    abstract_method_signature: method,
    ambient_declaration: wraps(),
    class_declaration: named('class'),
    class: named('class'),
    enum_declaration: named('enum'),
    export_statement: exported,
    expression_statement: expressionStatement,
    field_definition: field,
    function_declaration: named('function'),
    function_expression: named('function'),
    function_signature: named('function', { minor: true }),
    generator_function_declaration: named('function'),
    interface_declaration: named('interface'),
    internal_module: named('module'),
    lexical_declaration: declaration,
    method_definition: method,
    method_signature: named('method', { minor: true }),
    module: named('module'),
    pair: outsideFunctions(pair),
    public_field_definition: field,
    type_alias_declaration: named('type'),
    variable_declaration: declaration,
    variable_declarator: declarator,
  },
  attached: ['decorator'],
};
