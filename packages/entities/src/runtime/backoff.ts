/**
 * The delay in ms after the n-th failure (from 1): a random part of an exponentially growing, bounded delay, so that
 * callers that failed together do not retry together ("full jitter",
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function backoffMs(
  failures: number,
  { baseDelayMs, maxDelayMs }: { baseDelayMs: number; maxDelayMs: number },
): number {
  return Math.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (failures - 1));
}
