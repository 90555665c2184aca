import type { Clock } from "./types";

/** The time that a callback knows, in milliseconds; for example Lambda's `getRemainingTimeInMillis`. */
export function clockOf(remainingMs: () => number): Clock {
  return {
    remainingMs,
    after: (ms, callback) => {
      const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
}
