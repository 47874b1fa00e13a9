import type { EmbeddingProvider } from '../providerPorts.ts';

/**
 * Whether a provider may go on with what it began, and answer until the next one's vectors are there: nothing leaves this
 * computer, or it goes where it goes now. To an endpoint that was replaced or is not allowed any more nothing is sent.
 */
export function mayStillBeAsked(former: EmbeddingProvider, next: EmbeddingProvider | undefined): boolean {
  return former.recomputable || former.space.endpoint === next?.space.endpoint;
}
