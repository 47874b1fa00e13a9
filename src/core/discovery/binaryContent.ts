import { type Phrase, phrase } from '../../protocol/phrase.ts';
import { byteOrderMark } from './decodeText.ts';

/** A NUL this early makes a file binary; git looks at the same number of bytes. */
const nulSearchBytes = 8_000;
/** Enough to judge by; the whole of a large file says nothing else. */
const sampleBytes = 65_536;
/** Random bytes are control characters to one tenth. */
const maxControlShare = 0.03;
const fewControls = 2;

/** Says what makes the content binary, undefined for text (in any encoding, also with some broken characters). */
export function binaryContent(bytes: Uint8Array): Phrase | undefined {
  const encoding = byteOrderMark(bytes);
  if (encoding !== undefined) {
    const even = bytes.subarray(0, Math.min(bytes.length, sampleBytes) & ~1);
    const units = new TextDecoder(encoding).decode(even);
    return tooManyControls(Array.from(units, (character) => character.charCodeAt(0)));
  }
  const nul = bytes.subarray(0, nulSearchBytes).indexOf(0);
  if (nul >= 0) return phrase`a NUL byte at offset ${nul}`;
  return tooManyControls(bytes.subarray(0, sampleBytes));
}

function tooManyControls(codes: ArrayLike<number> & Iterable<number>): Phrase | undefined {
  let controls = 0;
  for (const code of codes) if (isControl(code)) controls++;
  if (controls <= fewControls || controls <= codes.length * maxControlShare) return undefined;
  return phrase`${controls} control characters in ${codes.length} characters`;
}

/** Characters no text needs. Bell to carriage return, substitute (end of file under DOS) and escape occur in text. */
function isControl(code: number): boolean {
  return (code < 32 && !(code >= 7 && code <= 13) && code !== 26 && code !== 27) || code === 127 || code === 0xfffd;
}
