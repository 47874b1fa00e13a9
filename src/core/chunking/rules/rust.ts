import type { LanguageRules, Rule } from './rule.ts';
import { definition, named } from './rule.ts';

/** `Arena` of `impl<T> Store for Arena<T>`; the trait is in the text. */
const implementation: Rule = (node, context) => {
  const type = node.childForFieldName('type');
  if (type === null) return undefined;
  const bare = type.childForFieldName('type') ?? type;
  return definition('class', context.textOf(bare).replace(/<.*$/s, ''), { reopens: true });
};

export const rustRules: LanguageRules = {
  definitions: {
    associated_type: named('type', { minor: true }),
    const_item: named('constant', { minor: true }),
    enum_item: named('enum'),
    function_item: named('function'),
    function_signature_item: named('function', { minor: true }),
    impl_item: implementation,
    macro_definition: named('function'),
    mod_item: named('module'),
    static_item: named('constant', { minor: true }),
    struct_item: named('struct'),
    trait_item: named('interface'),
    type_item: named('type', { minor: true }),
    union_item: named('struct'),
  },
  attached: ['attribute_item'],
  transparent: ['foreign_mod_item'],
};
