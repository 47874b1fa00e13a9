import type { ChunkKind } from '../../../protocol/types.ts';
import type { LinePattern } from '../patternOutline.ts';

/** Comments of the C family. */
export const slashComment = /^(?:\/\/|\/\*|\*(?:\s|\/|$))/;
export const hashComment = /^#(?!\[)/;
export const dashComment = /^--/;
export const semicolonComment = /^;/;
export const percentComment = /^%/;

export function pattern(
  kind: ChunkKind,
  match: RegExp,
  options: Omit<LinePattern, 'kind' | 'match'> = {},
): LinePattern {
  return { kind, match, ...options };
}

export const minor = { minor: true } as const;

const notCalls = String.raw`(?!(?:if|for|foreach|while|switch|return|catch|else|do|new|throw|assert|await|yield|using|lock|with|case|delete|sizeof|super|this|import|export|package|final|synchronized|test|testWidgets|group|setUp|tearDown|expect)\b)`;

/**
 * `type name(parameters) {` of the C family. A call with a closure or a string (`setUp(() {`) is none, nor is what ends
 * with a semicolon.
 */
export const cFunction = pattern(
  'function',
  new RegExp(
    String.raw`^${notCalls}(?:[\w$<>\[\],.?*&:@]+\s+)*${notCalls}~?(?<name>[A-Za-z_$][\w$]*(?:\.\w+)?)\s*(?:<[^>()]*>)?\((?![('"])(?!.*;\s*$)`,
  ),
);

export const cTypes: readonly LinePattern[] = [
  pattern('interface', /^(?:\w+\s+)*(?:interface|protocol|trait|mixin)\s+(?<name>\w+)/),
  pattern('enum', /^(?:\w+\s+)*enum(?:\s+class)?\s+(?<name>\w+)/),
  pattern('struct', /^(?:\w+\s+)*(?:struct|union)\s+(?<name>\w+)/),
  pattern('class', /^(?:[\w@]+\s+)*class\s+(?<name>\w+)/),
];
