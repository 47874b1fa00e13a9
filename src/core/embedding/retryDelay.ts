/** First step and ceiling of the backoff; six retries wait 16 s on average together, 32 s at most. */
const firstStepMs = 500;
const ceilingMs = 30_000;

/**
 * Exponential backoff with full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): a
 * random time up to the step, so that many clients of one endpoint do not return together.
 *
 * @param attempt 1 for the first try that failed.
 * @param random 0..1.
 */
export function retryDelayMs(attempt: number, random: number): number {
  return random * Math.min(ceilingMs, firstStepMs * 2 ** (attempt - 1));
}
