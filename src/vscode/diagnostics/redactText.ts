import { errorGroups } from '../../protocol/errors.ts';

/** Shortest run of letters, digits and signs that looks like a key, whatever the format. */
const shortestKey = 20;
const keyPrefix =
  /\b(?:sk|pk|pa|rk|gsk|hf|xai|ghp|gho|ghs|github_pat|glpat|xox[abpr]|AKIA|ASIA|AIza|ya29|Bearer|Basic|eyJ)[-_ .]?[\w*.+/=-]{6,}/gu;
/** Something in quotation marks: an apostrophe within a word opens nothing. */
const quoted = /"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’|«[^»]*»|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])/gu;
/** Where something that was quoted is cut off, the rest of the line may be of it. */
const unclosed = /["`“«].*$/u;
/** A path with spaces has words between its slashes; so many of them at most are taken to be of it. */
const maxWordsInPath = 6;
/** The extension's own files: places in them are what a stack trace is for. */
const ownPlace = /(?:^|[\\/(])((?:extension\.cjs|(?:worker|parser|shard)\.js)(?::\d+){0,2})\)?$/u;
const plainWord = /^[("]?(?:[A-Z]?[a-z]{1,20}|[A-Z]{1,5})(?:['’][a-z]{1,2})?[)"]?[.,:;!?…]*$/u;
const numberWord = /^[(<>≈~+-]?\d[\d.,:×x%-]{0,14}(?:ms|s|%|[kMGT]i?B)?[)]?[.,:;!?]*$/u;
/** Names of the operating system's and SQLite's errors. */
const errorName = /^\(?(?:E[A-Z]{3,12}|SQLITE_[A-Z_]{2,20}|ERR_[A-Z_]{2,30})\)?[.,:;]?$/u;

/**
 * Prose for strangers: what is not a plain word, a number or the name of an error is left out, so names of files, hosts and
 * symbols, addresses, keys and everything in quotation marks are. Leaves out too much rather than too little.
 *
 * @param known Names that look like plain words but are not to be told, such as those of folders; longest first is best.
 */
export function redactText(text: string, known: readonly string[] = []): string {
  let rest = redactKeys(text);
  for (const name of known) if (name.length > 1) rest = rest.replaceAll(name, '[name]');
  return rest
    .split('\n')
    .map((line) => redactLine(line.replace(quoted, '[text]').replace(unclosed, '[text]')))
    .join('\n');
}

/** Only what looks like a key, a password in an address or the value of a header. */
export function redactKeys(text: string): string {
  return text
    .replace(keyPrefix, '[key]')
    .replace(/(:\/\/)[^\s/@]+@/gu, '$1[key]@')
    .replace(/[\w+/=-]+/gu, (run) => (looksLikeKey(run) ? '[key]' : run));
}

/** Long, with letters and digits mixed, and no path. */
function looksLikeKey(run: string): boolean {
  if (run.length < shortestKey) return false;
  return run.split('/').some((part) => part.length >= shortestKey && /\d/u.test(part) && /\p{L}/u.test(part));
}

function redactLine(line: string): string {
  const words = line.split(/(\s+)/u);
  const kept = words.map((word) => (word.trim() === '' ? word : redactWord(word)));
  hideWithinPaths(words, kept);
  return kept.join('').replace(/(\[(?:name|text|key)\])(?:\s+\1)+/gu, '$1');
}

function redactWord(word: string): string {
  const place = ownPlace.exec(word)?.[1];
  if (place !== undefined) return place;
  if (/^[[(]?\[?(?:name|text|key)\][)\]]?[.,:;!?]*$/u.test(word)) return word;
  if (plainWord.test(word) || numberWord.test(word) || errorName.test(word)) return word;
  if (/^[-–—•·…|=+&/<>≥≤→]+$/u.test(word)) return word;
  return Object.hasOwn(errorGroups, word.replace(/[^A-Za-z]/gu, '')) && /^[A-Za-z]+[.,:;]?$/u.test(word)
    ? word
    : '[name]';
}

/** Words between two pieces of a path are of the path. */
function hideWithinPaths(words: readonly string[], kept: string[]): void {
  let last: number | undefined;
  words.forEach((word, index) => {
    if (!/[\\/]/u.test(word)) return;
    if (last !== undefined && index - last <= 2 * (maxWordsInPath + 1)) {
      for (let within = last + 1; within < index; within++) if (words[within]?.trim() !== '') kept[within] = '[name]';
    }
    last = index;
  });
}
