import textmate, { type StateStack } from 'vscode-textmate';
import { linesOf, styleRadix, type SyntaxRuns } from '../protocol/syntax.ts';
import type { TextGrammar } from './grammars.ts';

/** Lines are coloured up to here: the view shows less of them. */
const maxLineChars = 1_000;
/**
 * A text that takes longer has its remaining lines without colours: grammars can backtrack for seconds. Compiling the
 * expressions of a large grammar is in the time of its first text, so this is longer than any text takes by itself.
 */
const maxTextMs = 5_000;

/** The index of the theme's default foreground in the colour map of vscode-textmate; index 0 stands for none. */
const defaultForeground = 1;

/* Where tokenizeLine2 has what in a token's metadata (vscode-textmate, `encodedTokenAttributes.ts`). */
const fontStyleShift = 11;
const foregroundShift = 15;
const fontStyleMask = 0xf;
const foregroundMask = 0x1ff;

/** The runs of each line of a text. `now`: milliseconds of any clock. */
export function tokenize({ grammar, opening }: TextGrammar, text: string, now: () => number): SyntaxRuns[] {
  const until = now() + maxTextMs;
  let state: StateStack | null =
    opening === undefined ? textmate.INITIAL : grammar.tokenizeLine2(opening, textmate.INITIAL).ruleStack;
  return linesOf(text).map((line) => {
    // A limit of 0 would be none.
    const remaining = until - now();
    if (state === null || remaining <= 0) return [];
    const shown = line.slice(0, maxLineChars);
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine2(shown, state, remaining);
    state = stoppedEarly ? null : ruleStack;
    return runsOf(tokens, shown.length);
  });
}

/** `tokens`: start and metadata of each token. Neighbours of one style become one run; the last plain one is left out. */
function runsOf(tokens: Uint32Array, length: number): SyntaxRuns {
  const runs: number[] = [];
  for (let index = 0; index < tokens.length; index += 2) {
    const start = tokens[index] as number;
    const end = Math.min(tokens[index + 2] ?? length, length);
    const style = styleOf(tokens[index + 1] as number);
    if (end <= start) continue;
    if (runs.at(-1) === style) runs[runs.length - 2] = (runs.at(-2) as number) + end - start;
    else runs.push(end - start, style);
  }
  if (runs.at(-1) === 0) runs.length -= 2;
  return runs;
}

function styleOf(metadata: number): number {
  const foreground = (metadata >>> foregroundShift) & foregroundMask;
  const colour = foreground === defaultForeground ? 0 : foreground;
  return colour * styleRadix + ((metadata >>> fontStyleShift) & fontStyleMask);
}
