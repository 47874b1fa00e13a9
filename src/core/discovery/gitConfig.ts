/** One `key = value` of a git configuration file. */
export interface GitConfigEntry {
  /** `section.key` or `section.subsection.key`; section and key in lower case, the subsection as written. */
  readonly name: string;
  readonly value: string;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"' };

/**
 * Reads git's configuration syntax: sections with subsections, quotes, escapes, comments, continued lines, keys without a
 * value (`true`). Lines that git would refuse are skipped: a broken configuration must not keep files out of the index.
 * Includes are entries like any other; the caller follows them.
 */
export function parseGitConfig(text: string): readonly GitConfigEntry[] {
  const entries: GitConfigEntry[] = [];
  let section = '';
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    let rest = (lines[index] ?? '').trimStart();
    const header = /^\[\s*([A-Za-z0-9.-]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]\s*/.exec(rest);
    if (header !== null) {
      const subsection = header[2]?.replace(/\\(.)/g, '$1');
      section = (header[1] ?? '').toLowerCase() + (subsection === undefined ? '' : `.${subsection}`);
      rest = rest.slice(header[0].length);
    }
    const key = /^([A-Za-z][A-Za-z0-9-]*)\s*/.exec(rest);
    if (key === null || section === '') continue;
    const name = `${section}.${(key[1] ?? '').toLowerCase()}`;
    rest = rest.slice(key[0].length);
    if (!rest.startsWith('=')) {
      entries.push({ name, value: 'true' });
      continue;
    }
    let raw = rest.slice(1);
    // An odd number of backslashes at the end joins the next line.
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(raw) && index + 1 < lines.length) raw = raw.slice(0, -1) + lines[++index];
    entries.push({ name, value: parseValue(raw) });
  }
  return entries;
}

/** The last entry of a name counts; an empty value is a value. */
export function lastValue(entries: readonly GitConfigEntry[], name: string): string | undefined {
  return entries.findLast((entry) => entry.name === name)?.value;
}

export function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['true', 'yes', 'on', '1'].includes(value.toLowerCase());
}

function parseValue(raw: string): string {
  let value = '';
  /** Length of `value` without unquoted space at its end. */
  let end = 0;
  let isQuoted = false;
  for (let at = 0; at < raw.length; at++) {
    const character = raw.charAt(at);
    if (character === '"') {
      isQuoted = !isQuoted;
      end = value.length;
      continue;
    }
    if (!isQuoted && (character === '#' || character === ';')) break;
    if (!isQuoted && /\s/.test(character)) {
      if (value !== '') value += character;
      continue;
    }
    value += character === '\\' ? (escapes[raw.charAt(++at)] ?? '') : character;
    end = value.length;
  }
  return value.slice(0, end);
}
