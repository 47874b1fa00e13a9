/** Where the hash of a text starts, and what it is multiplied by for each code unit. */
export const fnvStart = 0x811c9dc5;
export const fnvFactor = 0x01000193;

/** FNV-1a (32 bits, unsigned) over the UTF-16 code units of a text (Fowler, Noll, Vo). */
export function fnv1a(text: string): number {
  let hash = fnvStart;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), fnvFactor);
  return hash >>> 0;
}
