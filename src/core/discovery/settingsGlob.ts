import type { RelativePath } from '../../protocol/types.ts';

/** Alternatives a glob may have after its braces are expanded; more is a mistake, and the braces are taken literally. */
const maxAlternatives = 256;

/**
 * One step of a compiled glob. `star` stays within a segment, `directories` is a `**` with its following slash: nothing, or
 * anything that ends with a slash; `rest` is everything up to the end.
 */
type Step =
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'class'; readonly accepts: (character: string) => boolean }
  | { readonly kind: 'star' }
  | { readonly kind: 'directories' }
  | { readonly kind: 'rest' };

const slash = 47;

/**
 * A glob as VS Code's settings use it, matched with a path relative to the folder: `*` and `?` stay within a segment and
 * match dot files too, `**` as a whole segment crosses segments, `{a,b}` are alternatives (nesting allowed), `[a-z]` and
 * `[!a-z]` are classes, everything else is literal: no escapes, no negation. `dir/**` matches `dir` itself as well.
 * A leading `/` or `./` and a trailing `/` do not count. Case counts.
 *
 * Matching takes polynomial time whatever the glob: settings come with folders, and filters from agents.
 */
export class SettingsGlob {
  readonly #alternatives: readonly (readonly Step[])[];

  constructor(glob: string) {
    this.#alternatives = expandBraces(glob.replaceAll('\\', '/')).flatMap((alternative) =>
      compile(alternative.replace(/^\.?\/+/, '').replace(/\/+$/, '')),
    );
  }

  matches(path: RelativePath): boolean {
    return this.#alternatives.some((steps) => matchesAll(steps, path));
  }
}

/**
 * A mismatch goes back to the last `*` of the segment, else to the last `**`. Earlier stars need no second try: what they
 * could take besides, the last one can take as well, and segment borders are fixed by the slashes.
 */
function matchesAll(steps: readonly Step[], path: string): boolean {
  let at = 0;
  let index = 0;
  let star: { readonly index: number; at: number } | undefined;
  let deep: { readonly index: number; at: number } | undefined;
  for (;;) {
    const step = steps[index];
    if (step === undefined) {
      if (at === path.length) return true;
    } else if (step.kind === 'rest') {
      return true;
    } else if (step.kind === 'star') {
      star = { index: ++index, at };
      continue;
    } else if (step.kind === 'directories') {
      deep = { index: ++index, at };
      star = undefined;
      continue;
    } else if (at < path.length && accepts(step, path, at)) {
      at++;
      index++;
      continue;
    }

    if (star !== undefined && star.at < path.length && path.charCodeAt(star.at) !== slash) {
      at = ++star.at;
      index = star.index;
    } else if (deep !== undefined) {
      star = undefined;
      deep.at = path.indexOf('/', deep.at) + 1;
      if (deep.at === 0) return false;
      at = deep.at;
      index = deep.index;
    } else {
      return false;
    }
  }
}

function accepts(step: Extract<Step, { readonly kind: 'character' | 'class' }>, path: string, at: number): boolean {
  return step.kind === 'character' ? step.code === path.charCodeAt(at) : step.accepts(path.charAt(at));
}

/** `a{b,c{d,e}}` becomes `ab`, `acd`, `ace`. A brace without its partner is an ordinary character. */
function expandBraces(glob: string): readonly string[] {
  let expanded = [''];
  for (let at = 0; at < glob.length;) {
    const group = glob[at] === '{' ? readGroup(glob, at) : undefined;
    const parts = group?.choices.flatMap(expandBraces) ?? [glob.charAt(at)];
    if (expanded.length * parts.length > maxAlternatives) return [glob];
    expanded = expanded.flatMap((start) => parts.map((part) => start + part));
    at = group?.end ?? at + 1;
  }
  return expanded;
}

function readGroup(glob: string, open: number): { readonly choices: string[]; readonly end: number } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < glob.length; at++) {
    const character = glob[at];
    if (character === '{') depth++;
    else if (character === ',' && depth === 1) {
      choices.push(glob.slice(start, at));
      start = at + 1;
    } else if (character === '}' && --depth === 0) {
      choices.push(glob.slice(start, at));
      return { choices, end: at + 1 };
    }
  }
  return undefined;
}

/** The step lists any of which may match; two where `dir/**` stands for `dir` and for what is in it. */
function compile(glob: string): readonly (readonly Step[])[] {
  if (glob === '') return [];
  const segments = glob.split('/').filter((segment, index, all) => segment !== '**' || all[index - 1] !== '**');
  const isDeep = segments.at(-1) === '**';
  if (isDeep) segments.pop();
  const steps = segments.flatMap((segment, index): readonly Step[] => {
    if (segment === '**') return [{ kind: 'directories' }];
    return index === segments.length - 1 ? segmentSteps(segment) : [...segmentSteps(segment), character('/')];
  });
  if (!isDeep) return [steps];
  return segments.length === 0
    ? [[{ kind: 'rest' }]]
    : [steps, [...steps, character('/'), { kind: 'class', accepts: () => true }, { kind: 'rest' }]];
}

function segmentSteps(segment: string): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < segment.length; at++) {
    const one = segment.charAt(at);
    const close = one === '[' ? segment.indexOf(']', at + 2) : -1;
    if (one === '*') {
      while (segment[at + 1] === '*') at++;
      steps.push({ kind: 'star' });
    } else if (one === '?') {
      steps.push({ kind: 'class', accepts: (character) => character !== '/' });
    } else if (close > 0) {
      steps.push({ kind: 'class', accepts: characterClass(segment.slice(at + 1, close)) });
      at = close;
    } else {
      steps.push(character(one));
    }
  }
  return steps;
}

function character(text: string): Step {
  return { kind: 'character', code: text.charCodeAt(0) };
}

function characterClass(members: string): (character: string) => boolean {
  const isNegated = /^[!^]/.test(members);
  const ranges: (readonly [first: string, last: string])[] = [];
  for (let at = isNegated ? 1 : 0; at < members.length; at++) {
    const first = members.charAt(at);
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    // A range the wrong way round holds nothing.
    ranges.push([first, last ?? first]);
    if (last !== undefined) at += 2;
  }
  return (one) => {
    const isMember = ranges.some(([first, last]) => first <= one && one <= last);
    return isNegated ? one !== '/' && !isMember : isMember;
  };
}
