import type { RelativePath } from '../../protocol/types.ts';

/** Alternatives a glob may have after its braces are expanded; more is a mistake, and the braces are taken literally. */
const maxAlternatives = 256;

/**
 * A glob as VS Code's settings use it, matched with a path relative to the folder: `*` and `?` stay within a segment and
 * match dot files too, `**` as a whole segment crosses segments, `{a,b}` are alternatives (nesting allowed), `[a-z]` and
 * `[!a-z]` are classes, everything else is literal: no escapes, no negation. `dir/**` matches `dir` itself as well.
 * A leading `/` or `./` and a trailing `/` do not count. Case counts.
 */
export class SettingsGlob {
  readonly #pattern: RegExp;

  constructor(glob: string) {
    const sources = expandBraces(glob.replaceAll('\\', '/')).map((alternative) =>
      toRegExpSource(alternative.replace(/^\.?\/+/, '').replace(/\/+$/, '')),
    );
    this.#pattern = new RegExp(`^(?:${sources.join('|')})$`, 's');
  }

  matches(path: RelativePath): boolean {
    return this.#pattern.test(path);
  }
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

function toRegExpSource(glob: string): string {
  if (glob === '') return '(?!)';
  const segments = glob.split('/').filter((segment, index, all) => segment !== '**' || all[index - 1] !== '**');
  let source = '';
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment !== '**') source += segmentSource(segment) + (isLast || segments[index + 1] === '**' ? '' : '/');
    else if (index === 0) source += isLast ? '.*' : '(?:[^/]+/)*';
    else source += isLast ? '(?:/.+)?' : '/(?:[^/]+/)*';
  }
  return source;
}

function segmentSource(segment: string): string {
  let source = '';
  for (let at = 0; at < segment.length; at++) {
    const character = segment.charAt(at);
    const close = character === '[' ? segment.indexOf(']', at + 2) : -1;
    if (character === '*') {
      while (segment[at + 1] === '*') at++;
      source += '[^/]*';
    } else if (character === '?') {
      source += '[^/]';
    } else if (close > 0) {
      source += classSource(segment.slice(at + 1, close));
      at = close;
    } else {
      source += escape(character);
    }
  }
  return source;
}

function classSource(members: string): string {
  const isNegated = /^[!^]/.test(members);
  let source = '';
  for (let at = isNegated ? 1 : 0; at < members.length; at++) {
    const first = members.charAt(at);
    const last = members[at + 1] === '-' ? members[at + 2] : undefined;
    if (last === undefined) {
      source += escape(first);
    } else {
      // A range the wrong way round holds nothing.
      if (first <= last) source += `${escape(first)}-${escape(last)}`;
      at += 2;
    }
  }
  return isNegated ? `[^/${source}]` : `[${source}]`;
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|-]/, '\\$&');
}
