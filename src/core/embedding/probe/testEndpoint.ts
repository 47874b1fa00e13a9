import type { EmbeddingConfig } from '../../../protocol/config.ts';
import type { EndpointTest } from '../../../protocol/costs.ts';
import type { Credentials } from '../../../protocol/engineApi.ts';
import { shortTextTokens } from '../../../util/probeCost.ts';
import { type ProbeDependencies, ProbeSession } from './probeSession.ts';
import { shortText } from './probeTexts.ts';

/**
 * One request of made-up words, in the form that indexing will use. Throws a Provider* AppError that says what is wrong,
 * `InvalidArgument` for a base URL that cannot be one, CancelledError when the signal fires.
 */
export async function testEndpoint(
  config: EmbeddingConfig,
  credentials: Credentials,
  dependencies: ProbeDependencies,
  signal: AbortSignal,
): Promise<EndpointTest> {
  // A person waits: what is wrong is said at once.
  const session = new ProbeSession({ ...config, maxRetries: 0 }, credentials, dependencies, signal);
  const { encodingFormat } = session.profile;
  const { dimensions, ms, tokens } = await session.demand([shortText(0)], shortTextTokens, {
    ...(encodingFormat === undefined ? {} : { encodingFormat }),
    ...(config.dimensions === undefined ? {} : { dimensions: config.dimensions }),
  });
  const { endpoint } = session.profile;
  return { endpoint, model: config.model, dimensions, latencyMs: ms, tokens: Math.round(tokens) };
}
