/** A comment line of most languages; `#` only where it is no directive. */
const commentLine =
  /^\s*(?:\/\/|\/\*|\*(?!\w)|#(?!\s*(?:include|define|if|endif|else|elif|undef|pragma)\b|!?\[)|--(?!\w)|;;|%|\{-)/;
const marks = /^\s*(?:\/\/[/!]?|\/\*[*!]?|\*+\/?|#+[:']?|--+[-|^]?|;;+|%+|\{-\|?)\s?|\s*(?:\*\/|-\})\s*$/g;
const docstring = /^\s*[rRuU]{0,2}("""|''')/;
/** Its attribute that documents what follows. */
const elixirDoc = /^\s*@(?:doc|moduledoc|typedoc)\s+(?:~[sS])?("""|''')?"?/;
const minWords = 3;
const maxWords = 40;

export interface Documented {
  /** First paragraph of the documentation, without marks and tags. */
  readonly comment: string;
  /** The rest, without any of the documentation. */
  readonly code: string;
}

/**
 * Takes the documentation that a chunk starts with (or, in Python, that its body starts with) away from its code. Undefined
 * when there is none, when it is too short or long to be like a question, or when it is a licence or says "generated".
 */
export function documented(text: string, language: string): Documented | undefined {
  const lines = text.split('\n');
  let comment: string[];
  let code: string[];
  if (language === 'python') {
    const open = lines.findIndex((line) => docstring.test(line));
    const head = lines.slice(0, Math.max(0, open));
    if (open < 1 || !head.join('\n').trimEnd().endsWith(':') || head.length > 12) return undefined;
    const quotes = docstring.exec(lines[open] ?? '')?.[1] ?? '"""';
    const first = (lines[open] ?? '').replace(docstring, '');
    let close = open;
    comment = [first];
    if (!first.includes(quotes)) {
      for (close = open + 1; close < lines.length; close++) {
        comment.push(lines[close] ?? '');
        if ((lines[close] ?? '').includes(quotes)) break;
      }
    }
    comment = comment.map((line) => line.replace(quotes, ''));
    code = [...head, ...lines.slice(close + 1)];
  } else if (language === 'elixir') {
    const open = lines.findIndex((line) => elixirDoc.test(line));
    if (open < 0) return undefined;
    const first = (lines[open] ?? '').replace(elixirDoc, '');
    const quotes = elixirDoc.exec(lines[open] ?? '')?.[1] ?? '"';
    const close =
      quotes === '"' ? open : lines.findIndex((line, index) => index > open && line.trim().startsWith(quotes));
    if (close < 0) return undefined;
    comment = [first.replace(quotes, ''), ...lines.slice(open + 1, close)];
    code = [...lines.slice(0, open), ...lines.slice(close + 1)];
  } else {
    const start = lines.findIndex((line) => !commentLine.test(line) && line.trim() !== '');
    if (start < 1) return undefined;
    comment = lines.slice(0, start).map((line) => line.replace(marks, ''));
    code = lines.slice(start);
  }
  const paragraph: string[] = [];
  for (const line of comment) {
    const clean = line.trim();
    if (
      clean === ''
        ? paragraph.length > 0
        : /^(?:[@\\:]\w|<\/?(?:param|returns|remarks|example)|(?:Args|Parameters|Returns|Raises|Example)s?:)/u.test(
            clean,
          )
    )
      break;
    if (clean !== '') paragraph.push(clean);
  }
  const plain = paragraph
    .join(' ')
    .replace(/<[^>]+>|\{@\w+\s?|[`*{}]|:\w+:/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const words = plain.split(' ');
  if (words.length < minWords || code.join('').trim().length < 30) return undefined;
  if (/copyright|licen[cs]e|generated|eslint|prettier|istanbul|@ts-|noqa|TODO|FIXME/i.test(plain)) return undefined;
  return { comment: words.slice(0, maxWords).join(' '), code: code.join('\n') };
}
