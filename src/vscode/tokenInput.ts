/** A number of tokens as people write it, also with its thousands apart; undefined = nothing was written. */
export function readTokens(text: string): number | 'wrong' | undefined {
  const written = text.trim();
  if (written === '') return undefined;
  // "1.5" is half a thought, not fifteen.
  if (!/^(?:\d{1,12}|\d{1,3}(?:([\s.,_'’])\d{3})(?:\1\d{3}){0,2})$/u.test(written)) return 'wrong';
  return Number(written.replaceAll(/\D/gu, ''));
}
