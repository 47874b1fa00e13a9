import type { ChunkKind } from '../../../protocol/types.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition, namedBy, through } from './rule.ts';

/** `let f x = …`; with neither parameters nor `fun` it is a constant, `let () = …` is neither. */
const letBinding: Rule = (node, context) => {
  const pattern = node.childForFieldName('pattern');
  if (pattern?.type !== 'value_name' && pattern?.type !== 'parenthesized_operator') return undefined;
  const body = node.childForFieldName('body');
  const isFunction =
    childOfType(node, 'parameter') !== undefined || (body !== null && /^fun(?:ction)?_expression$/.test(body.type));
  if (isFunction) return definition('function', context.textOf(pattern));
  return context.scope === 'function' ? undefined : definition('constant', context.textOf(pattern), { minor: true });
};

/** A definition with one binding is that binding; `let … and …` is read binding by binding. */
function onlyBinding(type: string): Rule {
  return (node, context) => {
    const bindings = namedChildren(node).filter((child) => child.type === type);
    const [only] = bindings;
    return bindings.length === 1 && only !== undefined ? through(only, context) : undefined;
  };
}

function bindingNamed(kind: ChunkKind): Rule {
  return (node, context) => {
    const name = node.childForFieldName('name') ?? childOfType(node, 'module_name', 'class_name', 'class_type_name');
    return name ? definition(kind, context.textOf(name)) : undefined;
  };
}

/** OCaml and its interfaces. */
export const ocamlRules: LanguageRules = {
  definitions: {
    class_binding: bindingNamed('class'),
    class_definition: onlyBinding('class_binding'),
    class_type_binding: bindingNamed('interface'),
    class_type_definition: onlyBinding('class_type_binding'),
    exception_definition: (node, context) => {
      const name = childOfType(node, 'constructor_declaration');
      return name && definition('type', context.textOf(name).replace(/\s.*$/s, ''), { minor: true });
    },
    external: namedBy('function', ['value_name'], { minor: true }),
    let_binding: letBinding,
    method_definition: namedBy('method', ['method_name']),
    method_specification: namedBy('method', ['method_name'], { minor: true }),
    module_binding: bindingNamed('module'),
    module_definition: onlyBinding('module_binding'),
    module_type_definition: namedBy('interface', ['module_type_name']),
    type_binding: bindingNamed('type'),
    type_definition: onlyBinding('type_binding'),
    value_definition: onlyBinding('let_binding'),
    value_specification: namedBy('function', ['value_name', 'parenthesized_operator'], { minor: true }),
  },
  trailingComments: true,
  transparent: ['class_definition', 'module_definition', 'type_definition', 'value_definition'],
};
