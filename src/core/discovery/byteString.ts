/**
 * Git compares file names and patterns byte by byte. A byte string is a JavaScript string whose every character is one
 * byte of the UTF-8 form (0..255): ASCII text is its own byte string, so the common case costs nothing.
 */
export type ByteString = string;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Arguments one call of String.fromCharCode takes without risking the stack. */
const sliceLength = 8_192;
// eslint-disable-next-line no-control-regex -- the range is all of ASCII
const asciiOnly = /^[\x00-\x7f]*$/;

export function toByteString(text: string): ByteString {
  return asciiOnly.test(text) ? text : bytesToByteString(encoder.encode(text));
}

export function bytesToByteString(bytes: Uint8Array): ByteString {
  let text = '';
  for (let start = 0; start < bytes.length; start += sliceLength) {
    text += String.fromCharCode(...bytes.subarray(start, start + sliceLength));
  }
  return text;
}

/** The text for people; bytes that are not UTF-8 become U+FFFD. */
export function fromByteString(text: ByteString): string {
  return asciiOnly.test(text) ? text : decoder.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}
