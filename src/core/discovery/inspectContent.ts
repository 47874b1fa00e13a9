import { phrase } from '../../protocol/phrase.ts';
import { binaryContent } from './binaryContent.ts';
import { byteOrderMark } from './decodeText.ts';
import { generatedContent } from './generatedContent.ts';
import { minifiedContent } from './minifiedContent.ts';
import { secretContent } from './secretContent.ts';
import type { Skip } from './verdict.ts';

/** Why a file should not be indexed as far as its content tells; undefined: index it. Needs the whole content. */
export function inspectContent(path: string, bytes: Uint8Array): Skip | undefined {
  if (isBlank(bytes)) {
    return {
      reason: 'empty',
      detail: bytes.length === 0 ? phrase`The file is empty.` : phrase`The file holds only white space.`,
    };
  }
  const binary = binaryContent(bytes);
  if (binary !== undefined) return { reason: 'binary', detail: phrase`Not text: ${binary}.` };
  const secret = secretContent(path, bytes);
  if (secret !== undefined) return { reason: 'secret', detail: phrase`Not indexed: it holds ${secret}.` };
  const generated = generatedContent(path, bytes);
  if (generated !== undefined) return { reason: 'generated', detail: phrase`Its header says so: “${generated}”.` };
  const minified = minifiedContent(path, bytes);
  if (minified !== undefined) return { reason: 'minified', detail: phrase`Minified or one endless line: ${minified}.` };
  return undefined;
}

/** White space of ASCII, in UTF-8 or UTF-16 with or without byte order mark. */
function isBlank(bytes: Uint8Array): boolean {
  const start =
    bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : byteOrderMark(bytes) === undefined ? 0 : 2;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 32 && !(byte >= 9 && byte <= 13) && !(byte === 0 && start === 2)) return false;
  }
  return true;
}
