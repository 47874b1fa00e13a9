/** A person waits in front of a list: what is not there by then can still be typed. */
const timeoutMs = 3_000;
const embedding = /embed|bge|e5-|gte|minilm|nomic|arctic|jina|voyage/iu;

/** Names of the models that an endpoint lists (`GET /models`), those that look like embedding models first; [] when it does not. */
export async function listModels(baseUrl: string, key: string | undefined): Promise<readonly string[]> {
  try {
    const response = await fetch(`${baseUrl}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return [];
    const { data } = (await response.json()) as { readonly data?: unknown };
    if (!Array.isArray(data)) return [];
    const names = data.flatMap((model: { readonly id?: unknown } | null) =>
      typeof model?.id === 'string' && model.id !== '' ? [model.id] : [],
    );
    return names.toSorted((a, b) => Number(embedding.test(b)) - Number(embedding.test(a)));
  } catch {
    // It does not answer, or not so: the test that follows says why, in words.
    return [];
  }
}
