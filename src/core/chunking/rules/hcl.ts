import type { ChunkKind } from '../../../protocol/types.ts';
import { namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule } from './rule.ts';
import { definition } from './rule.ts';

const kinds: Readonly<Record<string, ChunkKind>> = {
  data: 'class',
  locals: 'constant',
  module: 'module',
  output: 'constant',
  provider: 'module',
  resource: 'class',
  variable: 'constant',
};

/** `resource "aws_vpc" "main"` is `aws_vpc.main`, as Terraform addresses it; other blocks keep their own word. */
const block: Rule = (node, context) => {
  const words: string[] = [];
  for (const child of namedChildren(node)) {
    if (child.type === 'identifier') words.push(context.textOf(child));
    else if (child.type === 'string_lit') words.push(context.textOf(child).replace(/^"|"$/g, ''));
    else break;
  }
  const [type = ''] = words;
  const name = type === 'resource' && words.length > 1 ? words.slice(1) : words;
  return definition(kinds[type] ?? 'section', name.join('.'), { minor: true });
};

/** HCL and Terraform. */
export const hclRules: LanguageRules = {
  definitions: {
    block,
    attribute: (node, context) => {
      const name = node.namedChild(0);
      return name === null ? undefined : definition('property', context.textOf(name), { minor: true });
    },
  },
  transparent: ['body'],
};
