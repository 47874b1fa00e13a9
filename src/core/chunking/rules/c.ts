import type { SyntaxNode } from '../syntax.ts';
import { childOfType } from '../syntax.ts';
import type { LanguageRules, NodeDefinition, Rule, RuleContext } from './rule.ts';
import { definition, kindInScope, named, outsideFunctions, through } from './rule.ts';

const macroName = /^[A-Z][A-Z0-9_]+$/;
const testMacro = /TEST|SCENARIO|BENCHMARK/;

/** The declarator that names: through pointers, references, arrays and parentheses. */
function innermost(declarator: SyntaxNode | null): SyntaxNode | undefined {
  let current: SyntaxNode | null | undefined = declarator;
  for (let depth = 0; current && depth < 12; depth++) {
    if (/identifier$|_name$|^operator_cast$|^template_function$/.test(current.type)) return current;
    current =
      current.childForFieldName('declarator') ??
      childOfType(
        current,
        'function_declarator',
        'pointer_declarator',
        'reference_declarator',
        'parenthesized_declarator',
        'qualified_identifier',
        'identifier',
        'type_identifier',
        'field_identifier',
      );
  }
  return undefined;
}

/** The function declarator of a function or prototype. */
function functionDeclarator(declarator: SyntaxNode | null): SyntaxNode | undefined {
  let current: SyntaxNode | null | undefined = declarator;
  for (let depth = 0; current && depth < 12; depth++) {
    if (current.type === 'function_declarator') {
      const named = current.childForFieldName('declarator');
      // `(*callback)(int)` is a variable.
      return named?.type === 'parenthesized_declarator' ? undefined : current;
    }
    if (current.type === 'init_declarator') return undefined;
    current =
      current.childForFieldName('declarator') ??
      childOfType(current, 'function_declarator', 'pointer_declarator', 'reference_declarator');
  }
  return undefined;
}

/** `Matrix<T, n>::at` -> `Matrix::at`; operators keep their signs, conversions their type. */
function withoutTemplateArguments(name: string): string {
  const at = name.search(/\boperator\b/);
  const operator = at < 0 ? '' : name.slice(at);
  let plain = at < 0 ? name : name.slice(0, at);
  for (let next = plain.replace(/<[^<>]*>/g, ''); next !== plain; next = plain.replace(/<[^<>]*>/g, '')) plain = next;
  const bare = plain.replace(/<.*$/s, '').replace(/^.*\s(?=\S)/s, '');
  return bare + operator.replace(/^(operator\s+\w[^(]*)\(.*$/s, '$1').replace(/^operator\s+(?=\W)/, 'operator');
}

/** `Suite.Case` of `(Suite, Case)`; arguments that are no names end it. */
function macroArguments(list: string): string {
  const parts = list
    .replace(/^\(|\)$|"/g, '')
    .split(',')
    .slice(0, 2)
    .map((part) => part.trim());
  return parts.every((part) => /^[\w ]+$/.test(part)) ? parts.join('.') : '';
}

function functionOf(node: SyntaxNode, context: RuleContext, minor: boolean): NodeDefinition | undefined {
  const declarator = functionDeclarator(node.childForFieldName('declarator'));
  const name = innermost(declarator ?? node.childForFieldName('declarator'));
  if (name === undefined) return undefined;
  // `BEGIN_NAMESPACE namespace detail {` looks like a function to the grammar.
  const namespace = /^namespace\s+(\S+)$/.exec(context.textOf(name))?.[1];
  if (namespace !== undefined) return definition('module', namespace);
  const text = withoutTemplateArguments(context.textOf(name));
  const parameters = declarator?.childForFieldName('parameters');
  if (macroName.test(text) && node.childForFieldName('type') === null && parameters) {
    // A macro that makes a function: `TEST(Suite, Case) {…}`.
    const made = macroArguments(context.textOf(parameters));
    return definition(testMacro.test(text) ? 'test' : 'function', made === '' ? text : made, { minor });
  }
  return definition(text.includes('::') ? 'method' : kindInScope('function', context.scope), text, { minor });
}

/** A struct, class, union or enum with a body; a forward declaration defines nothing. */
function typeWithBody(kind: 'struct' | 'class' | 'enum'): Rule {
  return (node, context) => {
    const name = node.childForFieldName('name');
    if (name === null || node.childForFieldName('body') === null) return undefined;
    return definition(kind, context.textOf(name).replace(/<.*$/s, ''));
  };
}

/** `typedef struct {…} name;` is the struct; any other typedef is an alias. */
const typeDefinition: Rule = (node, context) => {
  const name = innermost(node.childForFieldName('declarator'));
  const type = node.childForFieldName('type');
  if (name === undefined) return undefined;
  if (type?.childForFieldName('body')) {
    const kind = type.type === 'enum_specifier' ? 'enum' : 'struct';
    return definition(kind, context.textOf(name), { inner: type });
  }
  return definition('type', context.textOf(name), { minor: true });
};

/** Prototypes and variables; `struct s {…} x;` is the struct. */
const declaration: Rule = (node, context) => {
  const type = node.childForFieldName('type');
  if (type?.childForFieldName('body')) return through(type, context);
  const declarator = node.childForFieldName('declarator');
  if (functionDeclarator(declarator) !== undefined) return functionOf(node, context, true);
  const name = innermost(declarator);
  if (name === undefined) return undefined;
  const kind = context.scope === 'type' ? 'property' : 'constant';
  const value = declarator?.childForFieldName('value');
  const text = withoutTemplateArguments(context.textOf(name));
  // `END_NAMESPACE` alone is a macro.
  if (!value && macroName.test(text)) return undefined;
  return definition(kind, text, { minor: true, inner: value });
};

const preprocessor = ['preproc_if', 'preproc_ifdef', 'preproc_else', 'preproc_elif', 'preproc_elifdef'];

/** C, C++ and CUDA. */
export const cRules: LanguageRules = {
  definitions: {
    alias_declaration: named('type', { minor: true }),
    class_specifier: typeWithBody('class'),
    concept_definition: named('type'),
    declaration: outsideFunctions(declaration),
    enum_specifier: typeWithBody('enum'),
    field_declaration: outsideFunctions(declaration),
    function_definition: (node, context) => functionOf(node, context, false),
    namespace_definition: named('module'),
    // Without a value it is an include guard or a switch.
    preproc_def: (node, context) =>
      node.childForFieldName('value') === null ? undefined : named('constant', { minor: true })(node, context),
    preproc_function_def: named('function', { minor: true }),
    struct_specifier: typeWithBody('struct'),
    template_declaration: (node, context) => {
      const inner = childOfType(
        node,
        'class_specifier',
        'struct_specifier',
        'union_specifier',
        'function_definition',
        'declaration',
        'alias_declaration',
        'concept_definition',
        'template_declaration',
        'friend_declaration',
      );
      return inner === undefined ? undefined : through(inner, context);
    },
    type_definition: typeDefinition,
    union_specifier: typeWithBody('struct'),
  },
  transparent: [...preprocessor, 'linkage_specification', 'declaration_list', 'namespace_definition'],
};
