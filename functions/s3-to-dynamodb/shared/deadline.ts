/** When an invocation has to stop. */
export interface Deadline {
  /** Time to take nothing new, so that what is at work can finish. */
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

/** The same for work in parts, after each of which it is asked: near also when less is left than twice the longest took. */
export function partDeadline(remainingMs: () => number): Deadline {
  const { near, over } = invocationDeadline(remainingMs);
  let longest = 0;
  let before = remainingMs();
  return {
    near: () => {
      const left = remainingMs();
      longest = Math.max(longest, before - left);
      before = left;
      return near() || left < 2 * longest;
    },
    over,
  };
}
