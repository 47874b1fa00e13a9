import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule, RuleContext } from './rule.ts';
import { definition, named, outsideFunctions, through } from './rule.ts';

/** `T` of `(r *pkg.T[K, V])`. */
function receiverType(node: SyntaxNode, context: RuleContext): string {
  const receiver = node.childForFieldName('receiver');
  const match =
    receiver === null ? null : /([\p{L}\w]+)\s*(?:\[[^\]]*\])?\s*\)?\s*,?\s*\)$/u.exec(context.textOf(receiver));
  return match?.[1] ?? '';
}

const method: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  if (name === null) return undefined;
  const owner = receiverType(node, context);
  return definition('method', owner === '' ? context.textOf(name) : `${owner}.${context.textOf(name)}`);
};

const typeSpec: Rule = (node, context) => {
  const name = node.childForFieldName('name');
  const type = node.childForFieldName('type');
  if (name === null) return undefined;
  const kind = type?.type === 'struct_type' ? 'struct' : type?.type === 'interface_type' ? 'interface' : 'type';
  return definition(kind, context.textOf(name), { inner: type, minor: kind === 'type' });
};

/** `const a = 1` and `const ( a = 1; b = 2 )`: a group is named by its first members. */
const values: Rule = (node, context) => {
  const list = childOfType(node, 'var_spec_list') ?? node;
  const specs = namedChildren(list).filter((child) => child.type.endsWith('_spec'));
  const names = specs.slice(0, 4).flatMap((spec) => {
    const name = spec.childForFieldName('name');
    return name === null ? [] : [context.textOf(name)];
  });
  return definition('constant', names.join(', '), { minor: true });
};

export const goRules: LanguageRules = {
  definitions: {
    const_declaration: outsideFunctions(values),
    function_declaration: named('function'),
    method_declaration: method,
    type_alias: typeSpec,
    type_declaration: (node, context) => {
      const specs = namedChildren(node).filter((child) => child.type !== 'comment');
      const [only] = specs;
      return specs.length === 1 && only !== undefined ? through(only, context) : undefined;
    },
    type_spec: typeSpec,
    var_declaration: outsideFunctions(values),
  },
};
