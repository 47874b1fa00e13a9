/**
 * List prices of embedding models in US dollars per million tokens, from their makers' price lists (OpenAI, Voyage AI,
 * Mistral) as of 2026. Prices change and contracts differ: what is computed from them is shown as an estimate.
 */
const prices: ReadonlyMap<string, number> = new Map([
  ['text-embedding-3-small', 0.02],
  ['text-embedding-3-large', 0.13],
  ['text-embedding-ada-002', 0.1],
  ['voyage-4-large', 0.12],
  ['voyage-4', 0.06],
  ['voyage-4-lite', 0.02],
  ['voyage-3.5', 0.06],
  ['voyage-3.5-lite', 0.02],
  ['voyage-3-large', 0.18],
  ['voyage-3', 0.06],
  ['voyage-3-lite', 0.02],
  ['voyage-code-3', 0.18],
  ['voyage-code-2', 0.12],
  ['codestral-embed', 0.15],
  ['mistral-embed', 0.1],
]);

/** US dollars of that many tokens at the list price; undefined for a model whose price is not known. */
export function listPrice(model: string, tokens: number): number | undefined {
  // Gateways put the maker before the name, and some makers the date of a version behind it: `mistral/codestral-embed-2505`.
  const name = model.toLowerCase().replace(/^.*\//u, '');
  const price = prices.get(name) ?? prices.get(name.replace(/-\d{4}$/u, ''));
  return price === undefined ? undefined : (price * tokens) / 1e6;
}
