/** When an invocation has to stop. */
export interface Deadline {
  /** Time to take no new records, so that what is in flight can finish. */
  near(): boolean;
  /** Time to stop retrying: what is left suffices to pass the rest on. */
  over(): boolean;
}

/**
 * Near with 30 s or a fifth of the time left, whichever is less; over with 5 s or a twentieth.
 * @param remainingMs the Lambda context's getRemainingTimeInMillis.
 */
export function invocationDeadline(remainingMs: () => number): Deadline {
  const total = remainingMs();
  const near = Math.min(30_000, total / 5);
  const over = Math.min(5_000, total / 20);
  return { near: () => remainingMs() < near, over: () => remainingMs() < over };
}
