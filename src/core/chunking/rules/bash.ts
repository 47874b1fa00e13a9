import { childOfType } from '../syntax.ts';
import type { LanguageRules } from './rule.ts';
import { definition, named, outsideFunctions } from './rule.ts';

export const bashRules: LanguageRules = {
  definitions: {
    declaration_command: outsideFunctions((node, context) => {
      const assignment = childOfType(node, 'variable_assignment');
      const name = assignment?.childForFieldName('name');
      return name ? definition('constant', context.textOf(name), { minor: true }) : undefined;
    }),
    function_definition: named('function'),
    variable_assignment: outsideFunctions(named('constant', { minor: true })),
  },
};
