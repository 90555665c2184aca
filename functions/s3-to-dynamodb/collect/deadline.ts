/** When collecting has to hand over to another invocation. */
export interface CollectDeadline {
  /** Asked after each part: is there time for another? */
  near(): boolean;
  /** Is there hardly time left to say so? */
  over(): boolean;
}

/**
 * Near with 30 s or a fifth of the time left, whichever is less, but always as soon as less is left than twice the
 * longest part took. Over with 3 s or a twentieth.
 * @param remainingMs the Lambda context's getRemainingTimeInMillis.
 */
export function collectDeadline(remainingMs: () => number): CollectDeadline {
  const total = remainingMs();
  const margin = Math.min(30_000, total / 5);
  const over = Math.min(3_000, total / 20);
  let longest = 0;
  let before = total;
  return {
    near: () => {
      const left = remainingMs();
      longest = Math.max(longest, before - left);
      before = left;
      return left < Math.max(margin, 2 * longest);
    },
    over: () => remainingMs() < over,
  };
}
