import type { Clock } from "./types";
/** What an answer and an invocation may take. */
export interface Limits {
  /**
   * Bytes of an answer. Lambda refuses more than 6,291,556; the rest is margin.
   * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   * @default 6,000,000
   */
  readonly answerBytes: number;
  /** Bytes of a file, with the sync method "through an S3 bucket". Held in memory. @default 32 MiB */
  readonly fileBytes: number;
}

export const defaultLimits: Limits = { answerBytes: 6_000_000, fileBytes: 32 * 1024 * 1024 };

/** An answer leaves at least so long before the deadline, in milliseconds. */
export const LEAST_LEFT_MS = 1_000;

/** Requests in a row that may hand nothing over; Fivetran itself gives up after ten. */
export const MOST_STALLS = 5;

/** A cursor is a place; more is a mistake, and would take room from the rows. */
export const MOST_CURSOR_BYTES = 100_000;

/** How often a page that is handed over in parts may be another when it is read again. */
export const MOST_CHANGES = 3;

/**
 * Milliseconds before the deadline at which pulling ends: time to check the last page and to send the answer, more for
 * a file, which is written at 8 MB/s or faster.
 */
export function reserveMs(totalMs: number, fileBytes: number): number {
  const toSend = Math.min(1_500, Math.max(500, totalMs / 8));
  return LEAST_LEFT_MS + toSend + (fileBytes > 0 ? 500 + fileBytes / 8_000 : 0);
}

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
