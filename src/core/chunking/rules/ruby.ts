import type { SyntaxNode } from '../syntax.ts';
import { childOfType, namedChildren } from '../syntax.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rule.ts';
import { definition, named, outsideFunctions, through } from './rule.ts';

const testCall =
  /^(?:describe|context|feature|scenario|it|specify|example|shared_examples(?:_for)?|shared_context|test|should)$/;
const routeCall = /^(?:get|post|put|patch|delete|options|head|namespace|route)$/;

/** `describe 'x' do`, `task :name do`, `get '/path' do` define something by their block, `private def x` by its argument. */
function blockCall(node: SyntaxNode, context: RuleContext): NodeDefinition | undefined {
  const block = node.childForFieldName('block');
  const method = node.childForFieldName('method');
  const list = node.childForFieldName('arguments');
  if (method === null || list === null) return undefined;
  const wrapped = childOfType(list, 'method', 'singleton_method');
  if (wrapped !== undefined) return through(wrapped, context);
  if (block === null) return undefined;
  const [title] = namedChildren(list);
  if (title === undefined) return undefined;
  const name = context.textOf(method);
  const text = context.textOf(title);
  if (testCall.test(name)) return definition('test', text, { inner: block });
  const symbol = title.type === 'pair' ? context.textOf(title.childForFieldName('key') ?? title) : text;
  if (name === 'task') return definition('function', symbol.replace(/:$/, ''), { inner: block });
  if (name === 'namespace') return definition('module', symbol, { inner: block });
  if (title.type === 'string' && routeCall.test(name)) {
    return definition('function', `${name} ${text.slice(1, -1)}`, { inner: block });
  }
  return undefined;
}

/** `NAME = …`, with the block of `Struct.new(…) do` as its inside. */
const assignment: Rule = (node, context) => {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  if (left?.type !== 'constant') return undefined;
  const block = right?.childForFieldName('block');
  if (block) return definition('class', context.textOf(left), { inner: block });
  return definition('constant', context.textOf(left), { minor: true, inner: right });
};

export const rubyRules: LanguageRules = {
  definitions: {
    assignment: outsideFunctions(assignment),
    call: blockCall,
    class: named('class'),
    method: named('function'),
    module: named('module'),
    singleton_method: named('function'),
  },
  attachedIf: {
    call: (node, context) => /^desc\b/.test(context.textOf(node).slice(0, 6)),
  },
  transparent: ['singleton_class', 'body_statement'],
};
