import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule, RuleContext } from './rule.ts';
import { definition, named, outsideFunctions, through } from './rule.ts';

/** The call inside a signature: `f(x)::T where T` wraps it. */
function callOf(node: SyntaxNode | null | undefined): SyntaxNode | undefined {
  let current = node ?? undefined;
  for (let depth = 0; current && depth < 8; depth++) {
    if (current.type === 'call_expression') return current;
    current = current.namedChild(0) ?? undefined;
  }
  return undefined;
}

function firstName(node: SyntaxNode, context: RuleContext): string {
  let current: SyntaxNode | null = node;
  for (let depth = 0; current && depth < 8; depth++) {
    if (current.type === 'identifier') return context.textOf(current);
    current = current.namedChild(0);
  }
  return '';
}

/** `push!` of `Base.push!` and of `push!{T}`. */
function calleeName(callee: SyntaxNode, context: RuleContext): string {
  return context
    .textOf(callee)
    .replace(/\{.*$/s, '')
    .replace(/^(?:\w+\.)+/, '');
}

const callable: Rule = (node, context) => {
  const signature = childOfType(node, 'signature');
  const callee = callOf(signature)?.namedChild(0) ?? signature?.namedChild(0);
  return callee ? definition('function', calleeName(callee, context)) : undefined;
};

/** `f(x) = …`, or a constant. */
const assignment: Rule = (node, context) => {
  const left = node.namedChild(0);
  if (left === null) return undefined;
  const call = /^(?:call_expression|where_expression|typed_expression)$/.test(left.type) ? callOf(left) : undefined;
  const callee = call?.namedChild(0);
  if (callee) return definition('function', calleeName(callee, context));
  return left.type === 'identifier' ? definition('constant', context.textOf(left), { minor: true }) : undefined;
};

const typeHead: Rule = (node, context) => {
  const head = childOfType(node, 'type_head');
  return head && definition(node.type === 'struct_definition' ? 'struct' : 'type', firstName(head, context));
};

/** `@testset "name" begin … end` is a test; any other macro around a definition is seen through. */
const macroCall: Rule = (node, context) => {
  const list = childOfType(node, 'macro_argument_list');
  const macro = childOfType(node, 'macro_identifier');
  if (list === undefined) return undefined;
  const inside = namedChildren(list);
  if (macro !== undefined && context.textOf(macro) === '@testset') {
    const title = inside.find((child) => child.type === 'string_literal');
    return title && definition('test', context.textOf(title), { inner: inside.at(-1) });
  }
  for (const child of inside) {
    if (!/_definition$|^assignment$/.test(child.type)) continue;
    const found = through(child, context);
    if (found !== undefined && found.kind !== 'constant') return found;
  }
  return undefined;
};

export const juliaRules: LanguageRules = {
  definitions: {
    abstract_definition: typeHead,
    assignment: outsideFunctions(assignment),
    const_statement: outsideFunctions((node, context) => {
      const inner = node.namedChild(0);
      return inner === null ? undefined : definition('constant', firstName(inner, context), { minor: true });
    }),
    function_definition: callable,
    macro_definition: callable,
    macrocall_expression: outsideFunctions(macroCall),
    module_definition: named('module'),
    primitive_definition: typeHead,
    struct_definition: typeHead,
  },
  comments: ['string_literal', 'prefixed_string_literal'],
};
