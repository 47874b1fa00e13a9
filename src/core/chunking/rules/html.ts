import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, Rule, RuleContext } from './rule.ts';
import { definition } from './rule.ts';

function attributeOf(tag: SyntaxNode, name: string, context: RuleContext): string | undefined {
  for (const attribute of namedChildren(tag)) {
    const [key, value] = namedChildren(attribute);
    if (attribute.type !== 'attribute' || !key || !value || context.textOf(key).toLowerCase() !== name) continue;
    return context.textOf(value).replace(/^["']|["']$/g, '');
  }
  return undefined;
}

/** JSON, templates and shaders stand in `<script>` as well. */
const scriptType = /^(?:module|(?:text|application)\/(?:x-)?(?:java|ecma|type)script|ts|tsx|text\/babel|jsx)$/i;

/** Whether the start tag of a `<script>` element says that it holds JavaScript or TypeScript. */
export function isScript(startTag: string): boolean {
  const type = /\btype\s*=\s*["']?([^"'\s>]+)/i.exec(startTag)?.[1];
  return type === undefined || scriptType.test(type);
}

/** An element with an id is a place one can point at; so is the template of a component. */
const element: Rule = (node, context) => {
  const tag = childOfType(node, 'start_tag');
  const tagName = tag && childOfType(tag, 'tag_name');
  if (tag === undefined || tagName === undefined) return undefined;
  const id = attributeOf(tag, 'id', context);
  if (id !== undefined && /^[\w:.-]+$/.test(id))
    return definition('section', `#${id}`, { minor: true, verbatim: true });
  return context.textOf(tagName) === 'template' ? definition('section', 'template', { minor: true }) : undefined;
};

/** HTML, Vue and Svelte; what is inside `<script>` comes from another tree. */
export const htmlRules: LanguageRules = {
  separator: ' > ',
  definitions: {
    element,
    style_element: () => definition('section', 'style', { minor: true }),
  },
};
