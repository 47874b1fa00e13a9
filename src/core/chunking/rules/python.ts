import type { LanguageRules, Rule } from './rule.ts';
import { definition, named, outsideFunctions, through } from './rule.ts';

/** `NAME = …` and `name: type = …` of a module or class. */
const assignment: Rule = (node, context) => {
  const [child] = node.namedChildCount === 1 ? [node.namedChild(0)] : [];
  if (!child || child.type !== 'assignment') return undefined;
  const left = child.childForFieldName('left');
  if (left?.type !== 'identifier') return undefined;
  const kind = context.scope === 'type' ? 'property' : 'constant';
  return definition(kind, context.textOf(left), { minor: true, inner: child.childForFieldName('right') });
};

export const pythonRules: LanguageRules = {
  definitions: {
    class_definition: named('class'),
    function_definition: named('function'),
    decorated_definition: (node, context) => {
      const inner = node.childForFieldName('definition');
      return inner === null ? undefined : through(inner, context);
    },
    expression_statement: outsideFunctions(assignment),
    type_alias_statement: named('type', { field: 'left', minor: true }),
  },
};
