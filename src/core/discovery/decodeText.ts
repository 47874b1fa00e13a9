export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface DecodedText {
  /** Without byte order mark; line ends as in the file. */
  readonly text: string;
  readonly encoding: TextEncoding;
}

/**
 * Decodes a text file. UTF-16 needs a byte order mark. Bytes that are not UTF-8 are read as Windows-1252, one character a
 * byte; where most of the text beyond ASCII is UTF-8 all the same, only the wrong bytes become U+FFFD. Either way every
 * line break stays one, so line numbers are those of the file.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const marked = byteOrderMark(bytes);
  if (marked !== undefined) return { text: new TextDecoder(marked).decode(bytes), encoding: marked };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const lenient = new TextDecoder('utf-8').decode(bytes);
  let wrong = 0;
  let foreign = 0;
  for (let at = 0; at < lenient.length; at++) {
    const code = lenient.charCodeAt(at);
    if (code === 0xfffd) wrong++;
    else if (code > 0x7f) foreign++;
  }
  return foreign > wrong
    ? { text: lenient, encoding: 'utf-8' }
    : { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
}

/** The UTF-16 form that the first bytes announce. `FF FE 00 00` is UTF-32, which nobody writes source in. */
export function byteOrderMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe && !(bytes[2] === 0 && bytes[3] === 0)) return 'utf-16le';
  return undefined;
}
