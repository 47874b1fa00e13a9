/** Short or irregular words whose rules would lead astray. */
const exceptions: ReadonlyMap<string, string> = new Map(
  Object.entries({
    alias: 'alias',
    analyses: 'analysis',
    apis: 'api',
    aliases: 'alias',
    bias: 'bias',
    canvas: 'canvas',
    cpus: 'cpu',
    embed: 'embed',
    gpus: 'gpu',
    ids: 'id',
    indices: 'index',
    matrices: 'matrix',
    menus: 'menu',
    uris: 'uri',
    used: 'use',
    uses: 'use',
    using: 'use',
    vertices: 'vertex',
  }),
);

const vowel = /[aeiouy]/;
const consonantVowelConsonant = /^[^aeiou][aeiouy][^aeiouwxy]$/;
const doubled = /([bdfgmnprt])\1$/;

/**
 * The common stem of an English word's plural, `-ing`, `-ed`, `-ate` and `-ation` forms: `queries`/`query`,
 * `caching`/`cached`/`cache`, `validation`/`validate`. Lighter than Porter's: code is full of short words that a strong
 * stemmer would throw together. The stem need not be a word; it is only ever compared with other stems.
 *
 * @param word Lower case; words of less than four letters come back unchanged but for a few exceptions.
 */
export function stem(word: string): string {
  const exception = exceptions.get(word);
  if (exception !== undefined) return exception;
  if (word.length < 4) return word;
  const singular = withoutPlural(word);
  const base = exceptions.get(singular) ?? withoutNoun(withoutVerbForm(singular));
  return normalizedEnd(base);
}

function withoutPlural(word: string): string {
  if (!word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word;
  if (word.endsWith('ies')) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:ss|x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function withoutVerbForm(word: string): string {
  if (word.endsWith('ied')) return word.length > 4 ? `${word.slice(0, -3)}y` : word;
  const ending = word.endsWith('ing') ? 3 : word.endsWith('ed') && !word.endsWith('eed') ? 2 : 0;
  if (ending === 0) return word;
  const rest = word.slice(0, -ending);
  if (rest.length < 3 || !vowel.test(rest)) return word;
  if (rest.length > 3 && doubled.test(rest)) return rest.slice(0, -1);
  if (consonantVowelConsonant.test(rest)) return `${rest}e`;
  return rest.length > 5 && /[^aeiou]at$/.test(rest) ? rest.slice(0, -2) : rest;
}

function withoutNoun(word: string): string {
  if (word.endsWith('ation') && word.length >= 9) return word.slice(0, -5);
  if (/[st]ion$/.test(word) && word.length >= 7) return word.slice(0, -3);
  if (word.endsWith('ate') && word.length >= 7) return word.slice(0, -3);
  return word;
}

function normalizedEnd(word: string): string {
  if (word.length > 4 && word.endsWith('e')) return iForY(word.slice(0, -1));
  if (word.length > 5 && word.endsWith('ll')) return word.slice(0, -1);
  return iForY(word);
}

/** `query` and `queries`, `cookie` and `cookies` meet in `-i`. */
function iForY(word: string): string {
  return word.length > 3 && /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}i` : word;
}
